"""What did the caller say in this turn? Sound in, piece by piece, and an answer when it is over.

A `Listener` hears one question out. Sound goes to the recognizers only while somebody speaks, with what
came just before, and not the pause that may be the end of the turn: if it is, there is nothing left
to decode. What a short sound means that no recognizer understands, a cough or "mm-hm", is for the
caller of `hear` to decide: `listen_on` begins anew, with all recognizers as they were.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Literal

import numpy as np

from ivr.errors import HearingError
from speech import language
from speech.endpoint import Detector, Patience, Silero, Turn, VoiceActivity, patience
from speech.language import Calibration, Reading
from speech.matching import Phrases, Standing
from speech.recognizer import RATE, Recognizer, Samples, Stream

log = logging.getLogger(__name__)

BEFORE = 0.3
"""Seconds before the first voice that are heard too: soft consonants are no voice."""
KEPT = 2 * RATE
"""Samples kept while nobody speaks."""
MOST_IDLE = 32
"""Voice detectors kept for the next questions: one takes a tenth of a second to make."""
SLOWEST = 5.0
"""Seconds a recognizer is waited for when a turn is over."""

Cause = Literal["not_understood", "too_long", "too_loud", "too_noisy"]
Sign = Literal["began", "over"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What may be said in one language: one of `phrases`; `many` of them one after the other, as
    digits are; or, if `free`, anything."""

    language: str
    phrases: tuple[str, ...]
    free: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """Something was said: its readings, best first, at least one."""

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A sound of which no words could be had; `voiced` seconds of it had voice."""

    cause: Cause
    voiced: float


@dataclass(slots=True)
class _Tongue:
    """One language being listened for."""

    expected: Expected
    recognizer: Recognizer
    phrases: Phrases
    stream: Stream | None = None


class Listener:
    """Hears one question out. Made by `Hearing.listener`; lives in the event loop."""

    def __init__(
        self,
        wanted: Sequence[tuple[Expected, Recognizer]],
        waits: Patience,
        detector: Detector,
    ) -> None:
        self._tongues = [
            _Tongue(expected, recognizer, Phrases(expected.phrases))
            for expected, recognizer in wanted
        ]
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
        heard = await asyncio.gather(*map(self._finish, self._tongues), return_exceptions=True)
        self.took.append(monotonic() - began)
        found: list[Sequence[Reading]] = []
        for of_one in heard:
            if isinstance(of_one, BaseException):
                if not isinstance(of_one, HearingError):
                    raise of_one
                log.error("a recognizer failed: %s", of_one)
            else:
                found.append(of_one)
        if not found:
            raise HearingError("No recognizer could say what the caller said.")
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
        for tongue in self._tongues:
            tongue.stream = None
        later, self._later = self._later, []
        sign: Sign | None = None
        for samples in later:
            sign = self.hear(samples) or sign
        return sign

    def close(self) -> None:
        """Stop listening."""
        self._end_guess()

    def _is_over(self) -> bool:
        if self._activity.lasted >= self._patience.longest:
            self._too_long = True
            return True
        activity = self._activity
        return activity.paused and activity.quiet >= self._patience.after(self._standing)

    async def _ask(self) -> None:
        """Find out, while the caller pauses, whether more is to be expected."""
        standings: list[Standing] = []
        for tongue in self._tongues:
            if tongue.stream is not None:
                try:
                    partial = await tongue.stream.partial()
                except HearingError:
                    continue  # `answer` meets it again
                standings.append(tongue.phrases.standing(partial))
        for standing in ("whole", "begun", "other"):
            if standing in standings:
                self._standing = standing
                return
        self._standing = "other"

    def _end_guess(self) -> None:
        if self._guess is not None:
            self._guess.cancel()
            self._guess = None
        self._standing = None

    async def _finish(self, tongue: _Tongue) -> Sequence[Reading]:
        if tongue.stream is None:
            return ()
        try:
            async with asyncio.timeout(SLOWEST):
                heard = await tongue.stream.finish()
        except TimeoutError:
            raise HearingError(
                f"The recognizer of {tongue.expected.language} took more than {SLOWEST:g} s."
            ) from None
        calibration = calibration_of(tongue.recognizer)
        expected = tongue.expected
        as_heard = expected.many or (expected.free and tongue.recognizer.dictates)
        return language.readings(
            heard, expected.language, tongue.phrases, calibration, as_heard=as_heard
        )

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
                expected = tongue.expected
                tongue.stream = tongue.recognizer.begin(
                    expected.phrases, free=expected.free, many=expected.many
                )
        for tongue in self._tongues:
            if tongue.stream is not None:
                tongue.stream.feed(sound)


def calibration_of(recognizer: Recognizer) -> Calibration:
    """By what kind of thing the recognizer hears."""
    return language.BY_WORDS if recognizer.dictates else language.BY_PHRASES


class Hearing:
    """The recognizers of all languages there are, for all calls."""

    def __init__(self, recognizers: Mapping[str, Recognizer]) -> None:
        self.recognizers = dict(recognizers)
        self._idle: list[Detector] = []
        self.on_answer: Callable[[float], None] = lambda seconds: None
        """Told how long each answer took."""

    async def add(self, recognizer: Recognizer) -> HearingError | None:
        """Load a recognizer and hear its language from then on; or why that is impossible."""
        try:
            await recognizer.warm_up()
        except HearingError as error:
            return error
        self.recognizers[recognizer.language] = recognizer
        return None

    async def warm_up(self) -> dict[str, HearingError]:
        """Load every model. Languages whose model cannot be loaded are dropped, and returned."""
        failed: dict[str, HearingError] = {}
        for tag, recognizer in list(self.recognizers.items()):
            try:
                await recognizer.warm_up()
            except HearingError as error:
                failed[tag] = error
                del self.recognizers[tag]
        return failed

    async def listener(
        self, expected: Sequence[Expected], turn: Turn = "closed", *, slow: bool = False
    ) -> Listener | None:
        """A listener to one question; None if there is no recognizer for any of the languages.

        `done_with` takes it back.
        """
        wanted = [
            (one, self.recognizers[one.language])
            for one in expected
            if one.language in self.recognizers and (one.phrases or one.free)
        ]
        if not wanted:
            return None
        detector = self._idle.pop() if self._idle else await asyncio.to_thread(Silero)
        return Listener(wanted, patience(turn, slow=slow), detector)

    def done_with(self, listener: Listener) -> None:
        """The question is over."""
        for seconds in listener.took:
            self.on_answer(seconds)
        listener.took.clear()
        listener.close()
        if len(self._idle) < MOST_IDLE:
            listener.detector.reset()
            self._idle.append(listener.detector)

    def unsayable(self, tag: str, phrases: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Of `phrases`, those the recognizer of a language can never hear, and the words to blame.

        Empty where there is no recognizer for it.
        """
        recognizer = self.recognizers.get(tag)
        return {} if recognizer is None else recognizer.unsayable(phrases)

    def close(self) -> None:
        """Free all models."""
        for recognizer in self.recognizers.values():
            recognizer.close()
