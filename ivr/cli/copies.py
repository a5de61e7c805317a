"""Where does what leaves the hotline go? Into a new file that only its user may read."""

import os
from pathlib import Path

from ivr.errors import BadInput


def free_place(wanted: Path | None, name: str) -> Path:
    """Where a copy goes: to `wanted`, into that folder, or (None) into this one as `name`.

    Raises `BadInput` where something lies there already.
    """
    place = wanted if wanted is not None else Path(name)
    place = place / name if place.is_dir() else place
    if place.exists():
        raise _taken(place)
    return place


def write_new(file: Path, content: bytes) -> None:
    """Write a file which was not there. Raises `BadInput` where it is."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _taken(file) from None
    with os.fdopen(handle, "wb") as out:
        out.write(content)


def _taken(file: Path) -> BadInput:
    return BadInput(f"{file} is there already; name another file.")
