"""Sounds to try hearing with: made of arrays, or clips of callers."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from speech.recognizer import RATE, Samples

CLIPS = Path(__file__).parent / "clips"


class ByLoudness:
    """A detector for made sounds: what is loud is voice."""

    def likelihood(self, window: Samples) -> float:
        return float(np.abs(window.astype(np.int32)).mean() > 1000)

    def reset(self) -> None:
        """It remembers nothing."""


def voice(seconds: float, level: int = 8000) -> Samples:
    """Something loud."""
    return np.full(round(seconds * RATE), level, np.int16)


def quiet(seconds: float, level: int = 0) -> Samples:
    """Nothing, or nearly."""
    return np.full(round(seconds * RATE), level, np.int16)


def noise(seconds: float, level: float) -> Samples:
    """White noise of this RMS."""
    made = np.random.default_rng(5).normal(0, level, round(seconds * RATE))
    return np.clip(made, -32768, 32767).astype(np.int16)


def tone(seconds: float, hertz: float = 440.0) -> Samples:
    """A pure tone."""
    at = np.arange(round(seconds * RATE)) / RATE
    return (10_000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def music(seconds: float) -> Samples:
    """Chords of several voices with overtones, a melody over them, and a beat: two bars a second."""
    at = np.arange(round(seconds * RATE)) / RATE
    beat = (at * 4).astype(np.int64)
    made = np.zeros(len(at))
    for part, notes in enumerate(
        ((220, 196, 175, 196), (277, 247, 220, 247), (330, 392, 440, 370))
    ):
        hertz = np.array(notes)[beat // 4 % 4] * (
            1 + (part == 2) * np.array([0, 0.125, 0.25, 0])[beat % 4]
        )
        phase = 2 * np.pi * np.cumsum(hertz) / RATE
        made += sum(np.sin(overtone * phase) / overtone for overtone in (1, 2, 3, 4))
    fades = np.exp(-6 * (at * 4 % 1))
    drum = np.random.default_rng(3).normal(0, 1, len(at)) * np.exp(-30 * (at * 2 % 1))
    return (2500 * (made * (0.3 + 0.7 * fades) + 2 * drum)).clip(-32768, 32767).astype(np.int16)


def clip(name: str) -> Samples:
    """What a caller says in `clips`."""
    with wave.open(str(CLIPS / f"{name}.wav"), "rb") as wav:
        return np.frombuffer(wav.readframes(wav.getnframes()), "<i2")


def frames(*sounds: Samples) -> Iterator[Samples]:
    """Sounds one after the other, 20 ms at a time, as a line brings them."""
    sound = np.concatenate(sounds)
    for start in range(0, len(sound), 160):
        yield sound[start : start + 160]
