"""What audio may a telephone line play? 8 kHz, mono, 16 bit, band-limited, equally loud.

Files are opened with pydub and resampled with soxr: pydub's own resampling takes no filter first, so
that everything above 4 kHz folds back into the voice as a rasp.
"""

import io
import math
import warnings
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from ivr.errors import BadInput

with warnings.catch_warnings():
    # pydub needs audioop, which Python 3.11 and 3.12 announce as going, and warns without ffmpeg,
    # which is wanted here only for recordings in unusual encodings.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.exceptions import CouldntDecodeError
    from pydub.silence import detect_leading_silence

RATE = 8_000  # samples a second
LOUDNESS = -20.0  # dBFS, RMS over the frames in which somebody speaks
CEILING = -1.0  # dBFS, highest peak: room for the codec's rounding
LONGEST = 5 * 60.0  # seconds; nobody listens to a longer prompt

_QUIET = -45.0  # dBFS, what counts as silence at the ends once the loudness is right
_MARGIN = 60  # ms of the silence kept, so that no soft consonant is cut
_FRAME = 20  # ms, as telephony counts
_BELOW_LOUDEST = 25.0  # dB; a quieter frame is a pause, not speech


def telephone(audio: AudioSegment) -> bytes:
    """A WAV file (8 kHz, mono, 16-bit PCM) of `audio`, trimmed and brought to `LOUDNESS`.

    Raises `BadInput` when there is nothing to hear in it, or more than `LONGEST`.
    """
    if audio.duration_seconds > LONGEST:
        raise BadInput(
            f"The audio is {audio.duration_seconds:.0f} seconds long; a prompt may last "
            f"{LONGEST:.0f} seconds. Shorten it."
        )
    plain = audio.set_sample_width(2).set_channels(1)
    narrow = _segment(resample(plain.get_array_of_samples(), plain.frame_rate))
    if narrow.max_dBFS < _QUIET - 15:
        raise BadInput("The audio is silent from beginning to end. Record or build it again.")
    return _wav(_trim(_level(narrow)))


def quiet(seconds: float) -> bytes:
    """A WAV file of silence, as a line plays it."""
    return _wav(AudioSegment.silent(round(seconds * 1000), frame_rate=RATE))


def read_wav(source: Path | bytes) -> AudioSegment:
    """A recording, at any sample rate, mono or stereo. Raises `BadInput` if it is not one.

    PCM is read directly; other encodings within WAV (µ-law, float) need ffmpeg.
    """
    name = f"{source}" if isinstance(source, Path) else "The audio"
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise BadInput(f"{name}: it cannot be opened ({error.strerror}).") from error
    try:
        return AudioSegment.from_file(io.BytesIO(content), format="wav")
    except (CouldntDecodeError, OSError, EOFError, ValueError, ArithmeticError) as error:
        raise BadInput(
            f"{name}: this is no WAV file that can be read. Save it as WAV (PCM, 16 bit, any "
            "sample rate, mono or stereo) under the same name."
        ) from error


def open_recording(file: Path) -> AudioSegment:
    """A recording of whatever kind ffmpeg reads. Raises `BadInput`."""
    try:
        return AudioSegment.from_file(io.BytesIO(file.read_bytes()))
    except (
        CouldntDecodeError,
        OSError,
        EOFError,
        ValueError,
        ArithmeticError,
        IndexError,
    ) as error:
        raise BadInput(
            f"{file}: this is no recording that can be read. Save it as WAV, FLAC, MP3 or OGG; all "
            "but WAV need ffmpeg."
        ) from error


def resample(samples: Sequence[int], rate: int) -> npt.NDArray[np.int16]:
    """16-bit mono `samples` at `rate` Hz as samples at 8 kHz, filtered so that nothing folds back."""
    narrow: npt.NDArray[np.int16] = soxr.resample(
        np.asarray(samples, dtype=np.int16), rate, RATE, quality="HQ"
    )
    return narrow


def _level(audio: AudioSegment) -> AudioSegment:
    """`audio` at `LOUDNESS`, or as loud as `CEILING` allows."""
    return audio.apply_gain(min(LOUDNESS - loudness(audio), CEILING - audio.max_dBFS))


def loudness(audio: AudioSegment) -> float:
    """The level of the speech in `audio`, dBFS: RMS over its frames of 20 ms that are no pauses."""
    frames = [audio[at : at + _FRAME].rms for at in range(0, len(audio), _FRAME)]
    floor = max(frames) * 10 ** (-_BELOW_LOUDEST / 20)
    spoken = [rms for rms in frames if rms >= floor]
    mean = math.sqrt(sum(rms * rms for rms in spoken) / len(spoken))
    return 20 * math.log10(mean / audio.max_possible_amplitude) if mean else -math.inf


def _trim(audio: AudioSegment) -> AudioSegment:
    start = max(0, detect_leading_silence(audio, _QUIET, 10) - _MARGIN)
    end = max(0, detect_leading_silence(audio.reverse(), _QUIET, 10) - _MARGIN)
    return audio[start : len(audio) - end]


def _segment(samples: npt.NDArray[np.int16]) -> AudioSegment:
    return AudioSegment(samples.tobytes(), sample_width=2, frame_rate=RATE, channels=1)


def _wav(audio: AudioSegment) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(audio.raw_data)
    return out.getvalue()
