"""Which voices are there, who reads which language, and where do more voices come from?

A voice of Piper lies in the hotline's own folder of voices, by its language
(`var/voices/zh/zh_CN-huayan-medium.onnx`). A language without a voice there is read by espeak-ng.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.errors import BadInput
from speech import piper
from speech.download import Progress, fetch, read
from speech.piper import Piper
from speech.voice import Espeak, Voice

OFFICIAL = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
"""Piper's own collection: `voices.json` names every voice, with its files and their MD5."""

QUALITIES = ("medium", "high", "low", "x_low")
"""The first that there is: on a telephone nothing is gained above medium."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A voice that can be used, of `language`, in the file `model`."""

    language: str
    model: Path

    @property
    def name(self) -> str:
        """As Piper calls it."""
        return self.model.stem


class Voices:
    """The best voice there is for each language. `folder` is the hotline's folder of voices."""

    def __init__(self, folder: Path) -> None:
        self._espeak: Voice = Espeak()
        self._own: dict[str, Voice] = (
            {one.language: Piper(one.model) for one in reversed(found(folder))}
            if piper.installed()
            else {}
        )

    def speaks_well(self, language: str) -> bool:
        """Whether the language has a voice better than espeak-ng's."""
        return language in self._own

    def identity(self, language: str, slow: bool) -> str:
        """See `Voice`."""
        return self._own.get(language, self._espeak).identity(language, slow)

    def say(self, text: str, language: str, slow: bool = False) -> bytes:
        """See `Voice`."""
        return self._own.get(language, self._espeak).say(text, language, slow)


def found(folder: Path) -> list[Installed]:
    """Every voice in a folder; of several for one language, the one that is used comes first."""
    return [
        Installed(model.parent.name, model)
        for model in sorted(folder.glob("*/*.onnx"))
        if _settings(model).is_file()
    ]


def install(
    language: str,
    folder: Path,
    source: str,
    name: str | None = None,
    progress: Progress = lambda _, __: None,
) -> Installed:
    """Put a voice for `language` into `folder`, and return it.

    `source` is an address under which `voices.json` and the voices lie as in Piper's collection, a
    file NAME.onnx with NAME.onnx.json beside it, or a folder with such files. Without a `name` the
    first of the best quality that suits a telephone is taken. Raises `BadInput`.
    """
    if source.startswith(("https://", "http://")):
        return _from_catalogue(language, folder, source.rstrip("/"), name, progress)
    return _from_disk(language, folder, Path(source), name)


def _from_catalogue(
    language: str, folder: Path, source: str, name: str | None, progress: Progress
) -> Installed:
    listing = read(f"{source}/voices.json")
    try:
        catalogue = json.loads(listing)
        chosen = _choose(catalogue, language, name, source)
        files = {path: about["md5_digest"] for path, about in catalogue[chosen]["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{source}/voices.json: this is no catalogue of Piper's voices.") from error
    wanted = {
        Path(path).name: (path, digest)
        for path, digest in files.items()
        if Path(path).name in (f"{chosen}.onnx", f"{chosen}.onnx.json")
    }
    for file in sorted(wanted, reverse=True):  # the model, without which none is found, comes last
        path, digest = wanted[file]
        target = folder / language / file
        fetch(f"{source}/{path}", target, checksum=digest, progress=progress)
    return _whole(language, folder / language / f"{chosen}.onnx", source)


def _choose(catalogue: Mapping[str, Any], language: str, name: str | None, source: str) -> str:
    of_language = {
        key: about for key, about in catalogue.items() if about["language"]["family"] == language
    }
    if name is not None and name not in of_language:
        names = ", ".join(sorted(of_language)) or "none"
        raise BadInput(f'{source}: there is no voice "{name}" for {language}; there are: {names}.')
    ranked = sorted(
        (QUALITIES.index(about["quality"]), about.get("num_speakers", 1) > 1, key)
        for key, about in of_language.items()
        if about["quality"] in QUALITIES
    )
    if not ranked:
        raise BadInput(
            f"{source}: there is no voice for {language}. Have the prompts recorded: "
            f"careline prompts script {language}"
        )
    return name or ranked[0][2]


def _from_disk(language: str, folder: Path, source: Path, name: str | None) -> Installed:
    models = [source] if source.is_file() else sorted(source.glob("*.onnx"))
    models = [one for one in models if name in (None, one.stem)]
    if not models or models[0].suffix != ".onnx":
        raise BadInput(
            f"{source}: there is no voice here{f' named {name}' if name else ''}; expected a file "
            "NAME.onnx with NAME.onnx.json beside it."
        )
    model = models[0]
    _whole(language, model, str(source))
    target = folder / language / model.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_settings(model), _settings(target))
    aside = target.with_name(f"{target.name}.part")
    shutil.copyfile(model, aside)
    aside.replace(target)
    return Installed(language, target)


def _whole(language: str, model: Path, source: str) -> Installed:
    """The voice, if both files are there and it is of the language. Raises `BadInput`."""
    try:
        about = json.loads(_settings(model).read_text(encoding="utf-8"))
        family = (
            str(about["language"]["family"]) if "language" in about else about["espeak"]["voice"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{source}: {model.name}.json, which tells how the voice is used, is not beside "
            f"{model.name}, or cannot be read."
        ) from error
    if family.partition("-")[0] not in (language, {"zh": "cmn"}.get(language)):
        raise BadInput(f"{source}: {model.stem} is a voice for {family}, not for {language}.")
    return Installed(language, model)


def _settings(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")
