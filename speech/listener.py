"""What did the caller say in this turn? Sound in, piece by piece, and an answer when it is over.

A `Listener` hears one question out. Sound goes to the recognizers only while somebody speaks, with what
came just before, and not the pause that may be the end of the turn: if it is, there is nothing left
to decode. What a short sound means that no recognizer understands, a cough or "mm-hm", is for the
caller of `hear` to decide: `listen_on` begins anew, with all recognizers as they were.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Literal

import numpy as np

from ivr.errors import HearingError
from speech import language, together
from speech.endpoint import Detector, Patience, VoiceActivity
from speech.language import Reading
from speech.matching import Standing
from speech.recognizer import RATE, Recognizer, Samples
from speech.tongue import Expected, Tongue

log = logging.getLogger(__name__)

BEFORE = 0.3
"""Seconds before the first voice that are heard too: soft consonants are no voice."""
KEPT = 2 * RATE
"""Samples kept while nobody speaks."""

CERTAIN = 0.75
"""Confidence from which what one language makes of a turn is hardly said in another."""
OTHERS = 0.4
"""Seconds that the other languages have then, as dictation on a busy machine may take much longer."""

Cause = Literal["not_understood", "too_long", "too_loud", "too_noisy"]
Sign = Literal["began", "over"]


@dataclass(frozen=True, slots=True)
class Understood:
    """Something was said: its readings, best first, at least one."""

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A sound of which no words could be had; `voiced` seconds of it had voice."""

    cause: Cause
    voiced: float


class Listener:
    """Hears one question out. Made by `Hearing.listener`; lives in the event loop."""

    def __init__(
        self,
        wanted: Sequence[tuple[Expected, Recognizer]],
        waits: Patience,
        detector: Detector,
    ) -> None:
        self._tongues = [Tongue(expected, recognizer) for expected, recognizer in wanted]
        self._patience = waits
        self.detector = detector
        self._activity = VoiceActivity(detector)
        self._kept: deque[Samples] = deque()
        self._kept_length = 0
        self._later: list[Samples] = []
        self._standing: Standing | None = None
        self._guess: asyncio.Task[None] | None = None
        self._fed = False
        self._too_long = False
        self._over = False
        self.took: list[float] = []
        """Seconds that each answer took, from the end of the turn."""

    @property
    def speaking(self) -> bool:
        """Whether the caller is in the middle of a turn."""
        return self._activity.speech

    @property
    def maybe_speaking(self) -> bool:
        """Whether there is voice now, though perhaps not for long enough to be speech."""
        return self._activity.onset is not None

    @property
    def last_voice(self) -> float:
        """Seconds of sound up to the last voice."""
        return self._activity.last_voice / RATE

    def hear(self, samples: Samples) -> Sign | None:
        """Take in sound. "began": somebody speaks now; "over": ask `answer` what was said."""
        if self._over:
            self._later.append(samples)
            return None
        self._keep(samples)
        sign: Sign | None = None
        for change in self._activity.hear(samples):
            match change:
                case "began":
                    sign = "began"
                case "paused":
                    self._feed()
                    self._guess = asyncio.create_task(self._ask())
                case "resumed":
                    self._end_guess()
        if not self._activity.speech:
            self._trim()
            return sign
        if not self._activity.paused:
            self._feed()
        if self._is_over():
            self._over = True
            self._end_guess()
            return "over"
        return sign

    async def answer(self) -> Understood | NotUnderstood:
        """What was said in the turn that is over.

        Raises HearingError if every recognizer fails; one that does is passed over.
        """
        began = monotonic()
        asked = [tongue.readings() for tongue in self._tongues]
        heard = await together.answers(asked, _certain, OTHERS)
        self.took.append(monotonic() - began)
        self._forget()
        for of_one in heard:
            if isinstance(of_one, HearingError):
                log.error("a recognizer failed: %s", of_one)
        if all(isinstance(of_one, HearingError) for of_one in heard):
            raise HearingError("No recognizer could say what the caller said.")
        # Of those that were not waited for nothing is known; the first is favoured, so all keep places.
        found = [() if one is None or isinstance(one, HearingError) else one for one in heard]
        if readings := language.best(found):
            return Understood(tuple(readings))
        cause: Cause = (
            "too_long" if self._too_long else self._activity.trouble() or "not_understood"
        )
        return NotUnderstood(cause, self._activity.voiced)

    def listen_on(self) -> Sign | None:
        """The turn that was over was none. Hear what came meanwhile, and the sign it gives."""
        self._kept.clear()
        self._kept_length = 0
        self._activity.forget()
        self._over = self._too_long = self._fed = False
        self._forget()
        later, self._later = self._later, []
        sign: Sign | None = None
        for samples in later:
            sign = self.hear(samples) or sign
        return sign

    def close(self) -> None:
        """Stop listening."""
        self._end_guess()
        self._forget()

    def _forget(self) -> None:
        """Nobody decodes this turn any more."""
        for tongue in self._tongues:
            tongue.forget()

    def _is_over(self) -> bool:
        if self._activity.lasted >= self._patience.longest:
            self._too_long = True
            return True
        activity = self._activity
        return activity.paused and activity.quiet >= self._patience.after(self._standing)

    async def _ask(self) -> None:
        """Find out, while the caller pauses, whether more is to be expected."""
        asked = [tongue.standing() for tongue in self._tongues]
        standings = await together.answers(asked, lambda standing: standing == "whole", 0.0)
        ranked: tuple[Standing, ...] = ("whole", "begun", "other")
        self._standing = next((one for one in ranked if one in standings), "other")

    def _end_guess(self) -> None:
        if self._guess is not None:
            self._guess.cancel()
            self._guess = None
        self._standing = None

    def _keep(self, samples: Samples) -> None:
        self._kept.append(samples)
        self._kept_length += len(samples)

    def _trim(self) -> None:
        """Nobody speaks: keep only what may turn out to have been the beginning."""
        while self._kept and self._kept_length - len(self._kept[0]) >= KEPT:
            self._kept_length -= len(self._kept.popleft())

    def _feed(self) -> None:
        """Give what is kept to the recognizers; at first, from a little before the first voice."""
        if not self._kept:
            return
        sound = np.concatenate(list(self._kept))
        self._kept.clear()
        self._kept_length = 0
        if not self._fed:
            self._fed = True
            wanted = round((self._activity.lasted + BEFORE) * RATE)
            sound = sound[-min(len(sound), wanted) :]
            for tongue in self._tongues:
                tongue.begin()
        for tongue in self._tongues:
            tongue.feed(sound)


def _certain(readings: Sequence[Reading]) -> bool:
    return any(reading.confidence >= CERTAIN for reading in readings)
