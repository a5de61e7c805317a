"""Where does a flow put what a caller leaves to be listened to, and what may come of it?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from ivr.flow.outside import Failed


@dataclass(frozen=True, slots=True)
class Dictated:
    """What was taken down into `file`, if anything: to be kept if it lasts `at_least` seconds.

    `number` is the caller's (E.164, None when withheld), `queue` whom it is for.
    """

    file: Path
    kind: Literal["message", "recording"]
    at_least: float
    number: str | None
    language: str
    queue: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """It is kept under `name` and lasts `seconds`."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class TooShort:
    """Nothing was said, or next to nothing; nothing is left of it."""


class Box(Protocol):
    """Where what callers say is kept. `ivr/messages.py` is the real one."""

    def place(self, call_id: str) -> Path | None:
        """A file for the next thing a call takes down; None where there is no room for it."""

    async def keep(self, call_id: str, dictated: Dictated) -> Kept | TooShort | Failed:
        """Keep what is in the file. Returns an outcome whatever goes wrong."""


class Sealed:
    """A `Box` that takes nothing."""

    def place(self, call_id: str) -> Path | None:
        """See `Box`."""
        return None

    async def keep(self, call_id: str, dictated: Dictated) -> Kept | TooShort | Failed:
        """See `Box`."""
        return Failed("there is nowhere to keep it")
