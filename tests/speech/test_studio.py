"""Is a bad recording told from a good one, with what to do about it?"""

import io
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from speech.audio import read_wav
from speech.studio import Fault, faults

if TYPE_CHECKING:
    from pydub import AudioSegment

RATE = 44_100
USUAL = 3.0  # seconds


def recording(
    *, level: float = -18.0, noise: float = -70.0, seconds: float = USUAL, rate: int = RATE
) -> "AudioSegment":
    """Somebody speaks, with pauses, at `level` dBFS above a background at `noise` dBFS."""
    rng = np.random.default_rng(1)
    time = np.arange(round(seconds * rate)) / rate
    speaks = (np.sin(2 * np.pi * 0.9 * time) > -0.4) & (time > 0.3) & (time < seconds - 0.3)
    voice = np.sin(2 * np.pi * 180 * time) * np.sqrt(2) * 10 ** (level / 20) * speaks
    hiss = rng.normal(0, 10 ** (noise / 20), len(time))
    samples = np.clip((voice + hiss) * 32768, -32768, 32767).astype(np.int16)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return read_wav(out.getvalue())


def told(audio: "AudioSegment") -> list[Fault]:
    return list(faults(audio, USUAL))


def test_a_good_recording_has_no_fault() -> None:
    assert told(recording()) == []


@pytest.mark.parametrize(
    ("audio", "said", "refused"),
    [
        pytest.param(recording(level=-40, noise=-90), "speak nearer", False, id="faint"),
        pytest.param(recording(level=-55, noise=-90), "speak nearer", True, id="hardly there"),
        pytest.param(recording(noise=-38), "quiet room", False, id="noisy"),
        pytest.param(recording(noise=-27), "quiet room", True, id="very noisy"),
        pytest.param(recording(level=1), "turn the microphone down", True, id="clipped"),
        pytest.param(recording(seconds=1.4), "is it the right text", False, id="hasty"),
        pytest.param(recording(seconds=13), "is it the right text", True, id="another text"),
        pytest.param(recording(rate=6000), "6000 samples a second", True, id="too few samples"),
        pytest.param(recording(level=-200, noise=-200), "nothing can be heard", True, id="silent"),
    ],
)
def test_a_bad_recording_is_told_with_what_to_do(
    audio: "AudioSegment", said: str, refused: bool
) -> None:
    (fault,) = told(audio)
    assert said in fault.sentence
    assert fault.refused is refused
