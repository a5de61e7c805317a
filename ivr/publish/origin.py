"""Which published version did the files of a folder come from?

A folder of flows says so in its file `.version`: number and hash, since another hotline has other
versions under the same numbers. It belongs to the files and goes with them, into git too: whoever
merges two branches with git thereby also has the version they come from.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ivr.flow.files import write_whole
from ivr.store.versions import Version

NAME = ".version"
_LINE = re.compile(r"([1-9]\d{0,8}) ([0-9a-f]{64})\b", re.ASCII)
_TEXT = """\
{number} {hash}
The published version these files came from. `careline publish` keeps it; leave it with the files.
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """A version's number and the hash of its files."""

    number: int
    hash: str


def read(folder: Path) -> Origin | None:
    """Where the files in `folder` come from; None where that is not said or cannot be read."""
    with suppress(OSError, UnicodeDecodeError):
        if found := _LINE.match((folder / NAME).read_text(encoding="utf-8")):
            return Origin(int(found[1]), found[2])
    return None


def write(folder: Path, version: Version) -> None:
    """Say that the files in `folder` come from `version`. Raises OSError."""
    write_whole(folder / NAME, _TEXT.format(number=version.number, hash=version.hash).encode())
