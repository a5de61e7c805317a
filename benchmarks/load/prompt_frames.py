"""By which packets is a prompt recognised on the line? A-law (G.711), 20 ms each, byte for byte."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.load.rtp import FRAME

# ITU-T G.711: a sign bit, three bits of exponent, four of mantissa; even bits are inverted.
_SEGMENT_ENDS = np.array([0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF])
_INVERTED = 0x55
_SIGN = 0x80


def only_in(prompt: Path, others: tuple[Path, ...]) -> frozenset[bytes]:
    """The frames of `prompt` that no other prompt has, silence least of all."""
    found = _frames(prompt)
    found.difference_update(*map(_frames, others))
    return frozenset(frame for frame in found if len(set(frame)) > 20)


def _frames(wav: Path) -> set[bytes]:
    with wave.open(str(wav), "rb") as opened:
        samples = np.frombuffer(opened.readframes(opened.getnframes()), "<i2")
    coded = alaw(samples).tobytes()
    whole = len(coded) // FRAME * FRAME
    return {coded[start : start + FRAME] for start in range(0, whole, FRAME)}


def alaw(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.uint8]:
    """16-bit samples as A-law."""
    linear = samples.astype(np.int32) >> 3
    positive = linear >= 0
    size = np.where(positive, linear, -linear - 1)
    segment = np.searchsorted(_SEGMENT_ENDS, size)
    shift = np.maximum(segment, 1)
    code = (segment << 4) | ((size >> shift) & 0x0F)
    return ((code | np.where(positive, _SIGN, 0)) ^ _INVERTED).astype(np.uint8)
