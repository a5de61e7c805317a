"""Who speaks in the benchmarks of speech, and over what kind of telephone line?

The callers are a folder of clips, 8 kHz, with `transcripts.csv` (file, language, voice, text,
in_grammar): the one that BENCH_CLIPS names, or else the six of tests/speech/clips.
"""

import csv
import os
import warnings
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech.recognizer import RATE, Samples
from tests.speech.sounds import CLIPS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub import AudioSegment


@dataclass(frozen=True, slots=True)
class Clip:
    """A caller saying `text`; `meant` is False for what no hotline should take for a wish."""

    name: str
    language: str
    voice: str
    text: str
    meant: bool
    sound: Samples


def clips() -> list[Clip]:
    """Every caller there is."""
    folder = Path(os.environ.get("BENCH_CLIPS") or CLIPS)
    with (folder / "transcripts.csv").open(encoding="utf-8", newline="") as rows:
        return [
            Clip(
                row["file"],
                row["language"],
                row["voice"],
                row["text"],
                row["in_grammar"] == "1",
                read(folder / row["file"]),
            )
            for row in csv.DictReader(rows)
        ]


def read(file: Path) -> Samples:
    """A clip's sound. µ-law is decoded with the codec's own table: ffmpeg need not be here."""
    data = file.read_bytes()
    if int.from_bytes(data[20:22], "little") == 7:
        start = data.index(b"data") + 8
        length = int.from_bytes(data[start - 4 : start], "little")
        return _from_mulaw(np.frombuffer(data[start : start + length], np.uint8))
    try:
        with wave.open(str(file), "rb") as wav:
            return np.frombuffer(wav.readframes(wav.getnframes()), "<i2")
    except wave.Error:
        return np.array(AudioSegment.from_file(file).get_array_of_samples(), np.int16)


def _from_mulaw(codes: "np.ndarray[tuple[int], np.dtype[np.uint8]]") -> Samples:
    inverted = ~codes
    exponent, mantissa = (inverted >> 4) & 7, (inverted & 15).astype(np.int32)
    level = (((mantissa << 3) + 132) << exponent) - 132
    found: Samples = np.where(inverted & 128, -level, level).astype(np.int16)
    return found


def noisy(decibels: float) -> Callable[[Samples], Samples]:
    """White noise, so many dB below the speech (frames above 200 of 32,768 count as speech)."""

    def line(sound: Samples) -> Samples:
        loud = sound[np.abs(sound.astype(np.int32)) > 200].astype(np.float64)
        level = np.sqrt(np.mean(loud**2)) * 10 ** (-decibels / 20)
        noise = np.random.default_rng(len(sound)).normal(0, level, len(sound))
        heard: Samples = np.clip(sound + noise, -32768, 32767).astype(np.int16)
        return heard

    return line


def lossy(share: float) -> Callable[[Samples], Samples]:
    """A share of the 20 ms frames never arrives: what follows comes at once, as without a jitter
    buffer."""

    def line(sound: Samples) -> Samples:
        frames = [sound[at : at + RATE // 50] for at in range(0, len(sound), RATE // 50)]
        kept = np.random.default_rng(len(sound)).random(len(frames)) >= share
        return np.concatenate([frame for frame, here in zip(frames, kept, strict=True) if here])

    return line


LINES: Mapping[str, Callable[[Samples], Samples]] = {
    "quiet": lambda sound: sound,
    "20 dB SNR": noisy(20),
    "10 dB SNR": noisy(10),
    "3 % of frames lost": lossy(0.03),
}
