"""How is one of the languages listened for in a turn?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.errors import HearingError
from speech import language
from speech.language import Calibration, Reading
from speech.matching import Phrases, Standing
from speech.recognizer import Recognizer, Samples, Stream

SLOWEST = 5.0
"""Seconds a recognizer is waited for when a turn is over."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What may be said in one language: one of `phrases`; `many` of them one after the other, as
    digits are; or, if `free`, anything, where the recognizer is good enough for it."""

    language: str
    phrases: tuple[str, ...]
    free: bool = False
    many: bool = False


class Tongue:
    """What one recognizer makes of a turn. Nothing, until `begin`."""

    def __init__(self, expected: Expected, recognizer: Recognizer) -> None:
        self._expected = expected
        self._recognizer = recognizer
        good = recognizer.takes_orders or not expected.phrases  # poor words are better than none
        self._free = expected.free and good
        self._phrases = Phrases(expected.phrases)
        self._stream: Stream | None = None

    def begin(self) -> None:
        """Somebody speaks."""
        expected = self._expected
        self._stream = self._recognizer.begin(expected.phrases, free=self._free, many=expected.many)

    def feed(self, sound: Samples) -> None:
        """Take more of it."""
        if self._stream is not None:
            self._stream.feed(sound)

    def forget(self) -> None:
        """That was no turn, or nobody wants to know any more."""
        if self._stream is not None:
            self._stream.drop()
        self._stream = None

    async def standing(self) -> Standing | None:
        """Whether more is to be expected after what was said so far. Raises HearingError."""
        if self._stream is None:
            return None
        return self._phrases.standing(await self._stream.partial())

    async def readings(self) -> Sequence[Reading]:
        """What was said in the turn, which is over. Raises HearingError, also after `SLOWEST`."""
        if self._stream is None:
            return ()
        expected, recognizer = self._expected, self._recognizer
        try:
            async with asyncio.timeout(SLOWEST):
                heard = await self._stream.finish()
        except TimeoutError:
            raise HearingError(
                f"The recognizer of {expected.language} took more than {SLOWEST:g} s."
            ) from None
        as_heard = expected.many or self._free
        return language.readings(
            heard, expected.language, self._phrases, calibration_of(recognizer), as_heard=as_heard
        )


def calibration_of(recognizer: Recognizer) -> Calibration:
    """By what kind of thing the recognizer hears."""
    return language.BY_WORDS if recognizer.dictates else language.BY_PHRASES
