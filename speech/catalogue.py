"""Which models could be installed? Vosk's own list, or a mirror's.

The list is https://alphacephei.com/vosk/models/model-list.json: name, language, address, MD5, size,
whether small or big, and whether a newer one has taken its place.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ivr.errors import BadInput, NotFound
from speech import archive, download
from speech.download import Progress
from speech.models import is_model

OFFICIAL = "https://alphacephei.com/vosk/models/model-list.json"
TAGS = {"cn": "zh", "kz": "kk", "ua": "uk", "vn": "vi"}
"""Where Vosk's name of a language is not its tag; a country after a hyphen is left out."""
SUMS = "careline.sha256"
"""The file beside an installed model's own with the checksum of each of them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be fetched; `size` in bytes."""

    name: str
    language: str
    url: str
    md5: str
    size: int
    small: bool


def offers(source: str = OFFICIAL) -> list[Offer]:
    """The models of the list at `source`, without obsolete ones. Raises BadInput."""
    try:
        listed = json.loads(download.read(source))
        found = [_offer(row, source) for row in listed if _wanted(row)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{source} is no list of Vosk models: {error!r}.") from error
    return sorted(found, key=lambda offer: (offer.language, offer.size))


def choose(offered: Sequence[Offer], language: str, *, large: bool) -> Offer:
    """The small model of a language, or its large one. Raises NotFound that says what there is."""
    of_it = [offer for offer in offered if offer.language == language]
    fitting = [offer for offer in of_it if offer.small is not large]
    if not of_it:
        known = ", ".join(sorted({offer.language for offer in offered}))
        raise NotFound(f"There is no model for {language!r}; there are some for {known}.")
    if not fitting:
        size, option = ("large", "without --large") if large else ("small", "with --large")
        raise NotFound(f"There is no {size} model for {language!r}; ask {option}.")
    return fitting[-1] if large else fitting[0]


def install(offer: Offer, folder: Path, progress: Progress) -> Path:
    """Fetch a model and unpack it below `folder`; returns where it lies. Raises BadInput."""
    fetched = folder / f"{offer.name}.zip"
    download.fetch(offer.url, fetched, checksum=offer.md5, progress=progress)
    try:
        return install_from(fetched, offer.language, folder)
    finally:
        fetched.unlink()


def install_from(source: Path, language: str, folder: Path) -> Path:
    """Install a model from a zip file or a folder that is already here. Raises BadInput."""
    if not source.exists():
        raise BadInput(f"{source} does not exist.")
    place = folder / language
    if source.is_dir():
        _check(source, source)
        model = archive.take(source, place)
    else:
        model = archive.unpack(source, place)
        _check(model, source)
    (model / SUMS).write_text(_sums(model), encoding="utf-8")
    return model


def damage(model: Path) -> list[str]:
    """What of an installed model is not as it was; nothing where that is not known."""
    sums = model / SUMS
    if not sums.is_file():
        return []
    was = dict(line.split("  ", 1)[::-1] for line in sums.read_text("utf-8").splitlines())
    now = dict(line.split("  ", 1)[::-1] for line in _sums(model).splitlines())
    return [
        f"{name} is {'missing' if name not in now else 'changed'}"
        for name in was
        if now.get(name) != was[name]
    ]


def _check(model: Path, source: Path) -> None:
    if not is_model(model):
        if model != source:
            shutil.rmtree(model)
        raise BadInput(f"{source} is no Vosk model: there is no am/final.mdl in it.")


def _sums(model: Path) -> str:
    lines = []
    for file in sorted(model.rglob("*")):
        if file.is_file() and file.name != SUMS:
            with file.open("rb") as content:
                found = hashlib.file_digest(content, "sha256").hexdigest()
            lines.append(f"{found}  {file.relative_to(model).as_posix()}\n")
    return "".join(lines)


def _wanted(row: dict[str, Any]) -> bool:
    # Models that know speakers, not words, are of the type "spk".
    return str(row["obsolete"]) != "true" and str(row["type"]) != "spk"


def _offer(row: dict[str, Any], source: str) -> Offer:
    vosk_name = str(row["lang"])
    return Offer(
        name=Path(str(row["name"])).name,
        language=TAGS.get(vosk_name, vosk_name.partition("-")[0]),
        url=urljoin(source, str(row["url"])),
        md5=str(row["md5"]),
        size=int(row["size"]),
        small=row["type"] == "small",
    )
