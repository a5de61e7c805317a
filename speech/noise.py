"""How is a steady noise taken from a caller's speech?

By a Wiener filter with decision-directed estimates (Ephraim and Malah, 1984): what is heard just
before the voice is taken for the noise, and each frequency is let through by how far it stands above
it. Only where noise is near the voice: elsewhere the recognizers hear best what was said as it was.

Measured with the Korean model, 90 turns of three voices at 10 dB SNR (white noise) and a grammar of
all phrases: 48 right and accepted with it, 3 without, none taken for another phrase; of as many turns
out of grammar 2 were taken. With slower estimates (`SMOOTH` 0.96) 37 were right, and 6 another phrase.
In quiet nothing changes. PocketSphinx, which does something like it itself, gains nothing by it.
"""

import numpy as np
import numpy.typing as npt

from speech.recognizer import Samples

BEFORE = 1600
"""Samples, 0.2 s, at the beginning of a turn that are taken for noise."""
VOICED = 2400
"""From here on there is voice."""
NEAR = 24.0
"""dB between voice and noise below which the noise is taken away. At 20 dB SNR, of 90 turns 70 are
right and accepted and none is another phrase; with 14, where it stays, 68 and 1."""
WINDOW, HOP = 256, 64
LEAST = 0.1
"""What is left of a frequency at least."""
SMOOTH = 0.90
_SHAPE = np.hanning(WINDOW + 1)[:-1]
_OVERLAP = 1.5  # what the squares of so many shapes come to

Floats = npt.NDArray[np.float64]


class Quieter:
    """The sound of one turn, which begins a little before the voice."""

    def __init__(self) -> None:
        self._begun = False
        self._noise: Floats | None = None
        self._clean: Floats = np.zeros(WINDOW // 2 + 1)
        self._rest: Floats = np.zeros(WINDOW - HOP)
        self._overlap: Floats = np.zeros(WINDOW)

    def hear(self, samples: Samples) -> Samples:
        """The same without noise, up to a window later; the first piece decides whether at all."""
        if not self._begun:
            self._begun = True
            self._noise = _noise(samples)
        if self._noise is None:
            return samples
        sound = np.concatenate([self._rest, samples])
        made = [
            self._next(sound[at : at + WINDOW], self._noise)
            for at in range(0, len(sound) - WINDOW + 1, HOP)
        ]
        self._rest = sound[len(made) * HOP :]
        heard: Samples = np.clip(np.concatenate([[], *made]), -32768, 32767).astype(np.int16)
        return heard

    def end(self) -> Samples:
        """What is still held back."""
        held = np.zeros(0 if self._noise is None else WINDOW, np.int16)
        return self.hear(held) if len(held) else held

    def _next(self, window: Floats, noise: Floats) -> Floats:
        spectrum = np.fft.rfft(window * _SHAPE)
        power = np.abs(spectrum) ** 2 / noise
        above = SMOOTH * self._clean + (1 - SMOOTH) * np.maximum(power - 1, 0)
        gain = np.maximum(above / (1 + above), LEAST)
        self._clean = gain**2 * power
        self._overlap += np.fft.irfft(spectrum * gain, n=WINDOW) * _SHAPE / _OVERLAP
        done = self._overlap[:HOP].copy()
        self._overlap = np.concatenate([self._overlap[HOP:], np.zeros(HOP)])
        return done


def _noise(samples: Samples) -> Floats | None:
    """The power of the noise by frequency; None where it is not near the voice."""
    if len(samples) <= VOICED:
        return None
    sound = samples.astype(np.float64)
    quiet, voice = sound[:BEFORE], sound[VOICED:]
    if np.mean(voice**2) > np.mean(quiet**2) * 10 ** (NEAR / 10):
        return None
    windows = np.lib.stride_tricks.sliding_window_view(quiet, WINDOW)[::HOP]
    found: Floats = np.mean(np.abs(np.fft.rfft(windows * _SHAPE, axis=1)) ** 2, axis=0) + 1.0
    return found
