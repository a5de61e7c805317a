"""What audio may a telephone line play? 8 kHz, mono, 16 bit, band-limited, equally loud.

Files are opened with pydub. Resampling is done here: pydub's own takes no filter first, so that
everything above 4 kHz folds back into the voice as a rasp.
"""

import io
import math
import warnings
import wave
from array import array
from functools import lru_cache
from operator import mul
from pathlib import Path

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
_CROSSINGS = 10  # of the sinc on either side: 60 dB down from 4.7 kHz on
_CUTOFF = 0.95  # of half the lower rate


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
    narrow = _segment(resample(plain.get_array_of_samples().tolist(), plain.frame_rate))
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


def resample(samples: list[int], rate: int) -> list[int]:
    """16-bit mono `samples` at `rate` Hz as samples at 8 kHz, filtered so that nothing folds back.

    A windowed sinc for each of the positions a new sample can have between two old ones (polyphase;
    Smith, "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample/).
    """
    if rate == RATE:
        return samples
    phases, half = _filters(rate)
    step = rate // math.gcd(rate, RATE)
    padded = [0] * half + samples + [0] * (half + 1)
    out = []
    for n in range(len(samples) * RATE // rate):
        start, phase = divmod(n * step, len(phases))
        value = round(sum(map(mul, phases[phase], padded[start + 1 : start + 1 + 2 * half])))
        out.append(max(-32_768, min(32_767, value)))
    return out


@lru_cache(maxsize=8)
def _filters(rate: int) -> tuple[list[list[float]], int]:
    """For each phase the filter's taps, and how many samples it reaches on either side."""
    phases = RATE // math.gcd(rate, RATE)
    cutoff = _CUTOFF * min(1.0, RATE / rate)
    half = math.ceil(_CROSSINGS / cutoff)
    table = []
    for phase in range(phases):
        taps = []
        for k in range(1 - half, half + 1):
            x = k - phase / phases
            blackman = (
                0.42 + 0.5 * math.cos(math.pi * x / half) + 0.08 * math.cos(2 * math.pi * x / half)
            )
            taps.append(cutoff * _sinc(cutoff * x) * blackman)
        total = sum(taps)
        table.append([tap / total for tap in taps])
    return table, half


def _sinc(x: float) -> float:
    return math.sin(math.pi * x) / (math.pi * x) if x else 1.0


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


def _segment(samples: list[int]) -> AudioSegment:
    return AudioSegment(array("h", samples).tobytes(), sample_width=2, frame_rate=RATE, channels=1)


def _wav(audio: AudioSegment) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(audio.raw_data)
    return out.getvalue()
