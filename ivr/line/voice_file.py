"""What did a caller say into a file, and how does it come to its place whole?

All files are WAV, 8 kHz, mono, 16 bit: what every telephone, and every player, can do.
"""

import math
import os
import wave
from array import array
from pathlib import Path

RATE = 8000

LOUD = 256
"""The mean amplitude of 20 ms from which on they are no silence: the switch's own threshold."""
SHORTEST = 0.2
"""Seconds that must be loud in all; less is a receiver put down, a key, a breath."""
BEFORE, AFTER = 0.3, 0.5
"""Seconds of silence that are left around what was said."""

_FRAME = RATE // 50


def under_way(file: Path) -> Path:
    """Where a recording that will be `file` is written until it is whole."""
    return file.with_name(f"{file.stem}-under-way.wav")


def keep(recording: Path, file: Path) -> float:
    """Bring what was said in a finished `recording` to `file`, and take the recording away.

    Returns how many seconds it lasts, the silence around it left out. Where nothing was said, or
    the recording cannot be read, that is 0, and `file` is left alone.
    """
    try:
        said = what_was_said(read(recording))
    except (OSError, EOFError, wave.Error):
        said = array("h")
    if said:
        write(file, said)
    recording.unlink(missing_ok=True)
    return len(said) / RATE


def what_was_said(samples: "array[int]") -> "array[int]":
    """`samples` from shortly before the first sound to shortly after the last."""
    frames = (samples[at : at + _FRAME] for at in range(0, len(samples), _FRAME))
    loud = [at for at, frame in enumerate(frames) if sum(map(abs, frame)) > LOUD * len(frame)]
    if len(loud) * _FRAME < SHORTEST * RATE:
        return array("h")
    first = loud[0] * _FRAME - round(BEFORE * RATE)
    last = (loud[-1] + 1) * _FRAME + round(AFTER * RATE)
    return samples[max(0, first) : last]


def read(file: Path) -> "array[int]":
    """The samples of a file. Raises OSError, EOFError or wave.Error where it is none of ours."""
    with wave.open(str(file), "rb") as wav:
        found = (wav.getframerate(), wav.getnchannels(), wav.getsampwidth())
        if found != (RATE, 1, 2):
            raise wave.Error(f"{found[0]} Hz, {found[1]} channels, {found[2]} bytes a sample")
        return array("h", wav.readframes(wav.getnframes()))


def seconds(file: Path) -> float:
    """How long a file lasts; for the errors see `read`."""
    return len(read(file)) / RATE


def write(file: Path, samples: "array[int]") -> None:
    """Write a file that its owner alone may read; it appears whole, and survives a power cut."""
    new = file.with_name(f".{file.name}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        with wave.open(out, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(RATE)
            wav.writeframes(samples)
        out.flush()
        os.fsync(handle)
    new.replace(file)


def hum(seconds: float, hertz: int = 400) -> "array[int]":
    """A tone, which stands for a voice where nobody speaks. `hertz` must divide the rate."""
    length = RATE // hertz
    period = [round(8000 * math.sin(2 * math.pi * at / length)) for at in range(length)]
    return array("h", period) * round(seconds * hertz)
