"""Where do recordings lie, and is there room for more?

    recordings/capture/<call>-<n>.raw            the switch writes here while people talk
    recordings/capture/<call>-<n>.rest.raw       and here, where the other was left muted
    recordings/capture/<call>-<n>.ivr.raw        and here while the caller is in the flow
    recordings/2026/11/21/<call>-<n>.flac.age    whole, sealed; the day is that of the call, in UTC

Files are named by the call, never by a number or a name. What is half written ends with .raw or
begins with a dot, and is no recording.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Literal

from ivr.errors import BadInput
from recordings.sound import Format

CAPTURE = "capture"
SEALED = ".age"
IVR = ".ivr"

Room = Literal["enough", "little", "none"]

_CALL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of one call, the `part`-th that is recorded of it, from 1: a talk, or what is said
    and heard in the flow (`ivr`)."""

    call: str
    part: int
    ivr: bool = False

    def __post_init__(self) -> None:
        if not _CALL.fullmatch(self.call) or not 0 < self.part < 10_000:
            raise BadInput(f"{self.call[:80]!r}, part {self.part}, cannot name a recording.")

    def __str__(self) -> str:
        return f"{self.call}-{self.part}"

    @classmethod
    def of(cls, name: str, *, ivr: bool = False) -> "Part":
        """The part with that name. Raises `BadInput` for a name that none can have."""
        call, _, part = name.rpartition("-")
        return cls(call, int(part) if part.isdecimal() and len(part) < 5 else 0, ivr)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of the recordings.

    With less than `warn` bytes free on its disk the operator is told; with less than `least` nothing
    more is recorded, so that the hotline can go on answering.
    """

    root: Path
    warn: int = 5 * 2**30
    least: int = 2**30

    @classmethod
    def under(cls, var: Path) -> "Shelf":
        """The shelf of the hotline whose data lie in the folder `var`."""
        return cls(var / "recordings")

    def capture(self, part: Part) -> Path:
        """Where the switch is to write a part of a call."""
        return self.root / CAPTURE / f"{part}{IVR if part.ivr else ''}.raw"

    def rest(self, part: Part) -> Path:
        """Where the switch writes the rest of a talk whose muting nobody has ended."""
        return self.root / CAPTURE / f"{part}.rest.raw"

    def sealed(self, part: Part, at: datetime, form: Format) -> Path:
        """Where the recording of a call begun `at` (aware) is kept."""
        return self.root / f"{at:%Y/%m/%d}" / f"{part}.{form}{SEALED}"

    def prepare(self, switch_user: tuple[int, int] | None = None) -> None:
        """Make the folders, for nobody's eyes but ours and the switch's (its user and group id)."""
        for folder in (self.root, self.root / CAPTURE):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        if switch_user is not None:
            os.chown(self.root / CAPTURE, *switch_user)

    def captured(self) -> Iterator[tuple[Part, Path]]:
        """What the switch has written and nobody has taken in yet, the oldest first."""
        found = sorted((self.root / CAPTURE).glob("*.raw"), key=lambda path: path.stat().st_mtime)
        for path in found:
            with suppress(BadInput):  # not one of ours
                yield Part.of(path.stem.removesuffix(IVR), ivr=path.stem.endswith(IVR)), path

    def kept(self) -> Iterator[Path]:
        """Every sealed file, in order."""
        for path in sorted(self.root.rglob(f"*{SEALED}")):
            if not path.name.startswith("."):
                yield path

    def room(self) -> Room:
        """Whether there is room on the disk."""
        free = shutil.disk_usage(self.root).free
        return "none" if free < self.least else "little" if free < self.warn else "enough"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
