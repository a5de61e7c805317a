"""Is a recording good enough to be played to callers? Loudness, noise, clipping, length, sample rate.

Measured before anything is made of it: what `speech.audio.telephone` can mend is no fault, but noise
that was recorded gets louder with the voice, and a voice cut off stays cut off.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from speech.audio import RATE, loudness

if TYPE_CHECKING:
    from pydub import AudioSegment

FAINT, TOO_FAINT = -35.0, -48.0  # dBFS, the voice: below it warned about, refused
NOISY, TOO_NOISY = 25.0, 12.0  # dB between voice and background: below it warned about, refused
CLIPPED, TOO_CLIPPED = 0.0002, 0.005  # share of samples at full scale: above it
HASTY, TOO_SHORT = 0.5, 0.25  # times the usual length of the text: below it
LENGTHY, TOO_LONG = 2.2, 4.0  # and above it

_FRAME = 20  # ms
_PAUSES = 10  # of 100 frames, the quietest: there nobody speaks


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a recording, in a sentence; one that is `refused` must be made again."""

    sentence: str
    refused: bool


def faults(audio: "AudioSegment", usual: float) -> Iterator[Fault]:
    """What is wrong with a recording of a text that takes about `usual` seconds to say."""
    if audio.frame_rate < RATE:
        yield Fault(
            f"it has {audio.frame_rate} samples a second, and a telephone {RATE}: record it with "
            "44,100 or 48,000",
            refused=True,
        )
    voice = loudness(audio) if audio.rms else -math.inf
    if voice < FAINT:
        heard = (
            "nothing can be heard" if voice == -math.inf else f"the voice is at {voice:.0f} dBFS"
        )
        yield Fault(
            f"{heard}, and should be about -20: speak nearer to the microphone, or turn it up",
            refused=voice < TOO_FAINT,
        )
    if voice > -math.inf:
        yield from _noise(audio, voice)
        yield from _clipping(audio)
    yield from _length(audio.duration_seconds, usual)


def _noise(audio: "AudioSegment", voice: float) -> Iterator[Fault]:
    frames = [audio[at : at + _FRAME].rms for at in range(0, len(audio), _FRAME)]
    background = float(np.percentile(frames, _PAUSES)) / audio.max_possible_amplitude
    above = voice - 20 * math.log10(background) if background else math.inf
    if above < NOISY:
        yield Fault(
            f"the voice is only {above:.0f} dB above the background, and {NOISY:.0f} are needed: "
            "record in a quiet room, and leave half a second of silence before and after the text",
            refused=above < TOO_NOISY,
        )


def _clipping(audio: "AudioSegment") -> Iterator[Fault]:
    samples = np.abs(np.asarray(audio.get_array_of_samples(), dtype=np.int64))
    share = float(np.mean(samples >= audio.max_possible_amplitude * 0.999))
    if share > CLIPPED:
        yield Fault(
            f"{share:.2%} of it is as loud as can be and so distorted: turn the microphone down",
            refused=share > TOO_CLIPPED,
        )


def _length(seconds: float, usual: float) -> Iterator[Fault]:
    ratio = seconds / usual
    if ratio < HASTY or ratio > LENGTHY:
        yield Fault(
            f"it lasts {seconds:.1f} s, and the text takes about {usual:.1f} s: is it the right "
            "text, whole, and with little silence around it",
            refused=not TOO_SHORT <= ratio <= TOO_LONG,
        )
