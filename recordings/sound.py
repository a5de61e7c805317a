"""What does the switch write while two people talk, and as what is it kept?

MixMonitor's option D, on the agent's channel, writes both directions as one raw stream: 8 kHz, 16
bit little-endian, two samples a frame, what came from the agent left and what went to the agent
right. The rest of a talk that was left muted, and what is said in the flow, is written on the caller's
channel: the caller is on the left there. It is kept with the caller left and the agent, or the
hotline, right, as FLAC (lossless) or Opus (24 kbit/s), made by ffmpeg through pydub.
"""

import io
import logging
import warnings
from pathlib import Path
from typing import IO, Literal

import numpy as np
import numpy.typing as npt
import soxr

from ivr.errors import BadInput

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # see speech/audio.py
    from pydub import AudioSegment
    from pydub.exceptions import CouldntDecodeError

# pydub tells every line that ffmpeg prints.
logging.getLogger("pydub.converter").setLevel(logging.INFO)

RATE = 8_000  # frames a second
FRAME = 4  # bytes: two channels of 16 bit

Format = Literal["flac", "opus"]
Samples = npt.NDArray[np.int16]

_OPTIONS: dict[Format, tuple[str, list[str]]] = {
    "flac": ("flac", ["-compression_level", "8"]),
    "opus": ("ogg", ["-c:a", "libopus", "-b:a", "24k", "-mapping_family", "255"]),
}


def seconds(raw: Path) -> float:
    """How long what the switch wrote is; a last frame cut off by a crash does not count."""
    return raw.stat().st_size // FRAME / RATE


def encode(
    raw: Path,
    into: IO[bytes],
    form: Format = "flac",
    rest: Path | None = None,
    *,
    caller_left: bool = False,
) -> None:
    """Write a raw recording, whole frames of it, to `into` as it is to be kept.

    `caller_left` says that it was recorded on the caller's channel. With `rest` what that holds is in
    it, where the recording itself is muted: their ends lie as far apart as the moments at which the
    two were written last.
    """
    both = _frames(raw)[:, :: 1 if caller_left else -1].copy()
    if rest is not None:
        later = raw.stat().st_mtime - rest.stat().st_mtime
        _lay_under(both, _frames(rest), round(later * RATE))
    audio = AudioSegment(both.tobytes(), sample_width=2, frame_rate=RATE, channels=2)
    container, options = _OPTIONS[form]
    audio.export(into, format=container, parameters=options)
    into.seek(0)


def _frames(raw: Path) -> npt.NDArray[np.int16]:
    content = raw.read_bytes()
    return np.frombuffer(content[: len(content) // FRAME * FRAME], "<i2").reshape(-1, 2)


def _lay_under(both: npt.NDArray[np.int16], rest: npt.NDArray[np.int16], later: int) -> None:
    """Put `rest`, which ends so many frames before `both` does, where nothing is in `both`."""
    end = min(max(len(both) - later, 0), len(both))
    under = rest[-end:] if end else rest[:0]
    place = both[end - len(under) : end]
    silent = ~place.any(axis=1)
    place[silent] = under[silent]


def decode(kept: IO[bytes]) -> tuple[Samples, Samples]:
    """The samples (8 kHz) of the caller and of the agent. Raises `BadInput` for anything else."""
    try:
        audio = AudioSegment.from_file(io.BytesIO(kept.read()))
    except (CouldntDecodeError, OSError, ValueError) as error:
        raise BadInput("The recording's audio cannot be decoded; was it altered?") from error
    if audio.channels != 2:
        raise BadInput(
            f"The recording has {audio.channels} channel(s); expected 2, caller left and agent right."
        )
    both = np.frombuffer(audio.set_sample_width(2).raw_data, dtype=np.int16).reshape(-1, 2)
    if audio.frame_rate != RATE:  # Opus is always decoded at 48 kHz
        both = soxr.resample(both, audio.frame_rate, RATE)
    return both[:, 0].copy(), both[:, 1].copy()
