"""What is asked of a recognizer? Sound goes in as it comes, what was said comes out.

A `Recognizer` serves one language and all calls; each turn of a caller is a `Stream` of its own,
made with the phrases that mean something in that turn. Sound is 8 kHz, mono, 16 bit, everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

RATE = 8_000
"""Samples a second of all sound that callers make."""

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Word:
    """One word heard from `start` to `end`, in seconds of the sound fed; `confidence` 0 to 1."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recognizer makes of a turn: nothing, if `text` is empty.

    `score` from 0 to 1 is how well the sound fits the words, by this recognizer's own measure.
    """

    text: str = ""
    words: tuple[Word, ...] = ()
    score: float = 0.0


NOTHING = Heard()


class Stream(Protocol):
    """One turn of one caller. Made, fed and asked from the event loop, which it never blocks."""

    def feed(self, samples: Samples) -> None:
        """Take more sound; returns at once."""
        ...

    async def partial(self) -> str:
        """The words so far, of all that was fed. They may still change.

        Raises HearingError, as `finish` does.
        """
        ...

    async def finish(self) -> Heard:
        """What was said. Nothing may be fed after this.

        Raises HearingError when the recognizer fails.
        """
        ...

    def drop(self) -> None:
        """Nobody wants to know any more: what has not been decoded need not be."""
        ...


class Recognizer(Protocol):
    """Hears one language."""

    @property
    def language(self) -> str:
        """A BCP 47 primary tag, such as "ko"."""
        ...

    @property
    def dictates(self) -> bool:
        """Whether it can take down words that are in no grammar."""
        ...

    @property
    def takes_orders(self) -> bool:
        """Whether it takes down such words well enough for a caller's wish to be read from them."""
        ...

    def begin(self, phrases: Sequence[str], *, free: bool = False, many: bool = False) -> Stream:
        """Listen to one turn in which one of `phrases` may be said; if `many`, several of them in
        a row; if `free`, anything."""
        ...

    def unsayable(self, phrases: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Of `phrases`, those that can never be recognized, each with the words that are to blame."""
        ...

    async def warm_up(self) -> None:
        """Get ready, so that the first caller need not wait for it. Raises HearingError."""
        ...

    def close(self) -> None:
        """Free what it holds."""
        ...
