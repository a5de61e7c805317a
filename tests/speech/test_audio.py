"""What a line plays: 8 kHz, mono, 16 bit, nothing folded back, equally loud, nothing cut off."""

import io
import math
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from ivr.errors import BadInput
from speech.audio import CEILING, LOUDNESS, RATE, loudness, read_wav, resample, telephone


def tone(hertz: float, rate: int, seconds: float = 1.0, peak: int = 10_000) -> list[int]:
    count = int(rate * seconds)
    return [round(peak * math.sin(2 * math.pi * hertz * n / rate)) for n in range(count)]


def wav(samples: list[int], rate: int, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(array("h", samples).tobytes())
    return out.getvalue()


def rms(samples: npt.NDArray[np.int16]) -> float:
    return math.sqrt(np.mean(np.square(samples[400:-400].astype(float))))


@pytest.mark.parametrize("rate", [11_025, 16_000, 22_050, 44_100, 48_000])
def test_a_voice_below_3400_hz_comes_through_and_what_is_above_4_khz_does_not_fold_back(
    rate: int,
) -> None:
    for hertz in (300, 1_000, 3_000):
        kept = resample(tone(hertz, rate), rate)
        assert len(kept) == RATE
        assert rms(kept) == pytest.approx(10_000 / math.sqrt(2), rel=0.03)
    folded = resample(tone(5_200, rate), rate)
    assert 20 * math.log10(rms(folded) / 7_071 + 1e-9) < -50


def test_a_tone_keeps_its_pitch() -> None:
    samples = resample(tone(1_000, 22_050), 22_050)
    rises = sum(a < 0 <= b for a, b in pairwise(samples))
    assert rises == pytest.approx(1_000, abs=2)


def test_a_narrower_recording_is_widened_without_images() -> None:
    assert rms(resample(tone(1_000, 6_000), 6_000)) == pytest.approx(7_071, rel=0.03)


@pytest.mark.parametrize("peak", [200, 3_000, 32_000])
def test_soft_and_loud_recordings_end_up_equally_loud_and_unclipped(peak: int) -> None:
    audio = read_wav(telephone(read_wav(wav(tone(500, 16_000, peak=peak), 16_000))))
    assert loudness(audio) == pytest.approx(LOUDNESS, abs=0.5)
    assert audio.max_dBFS <= CEILING + 0.1


def test_a_stereo_studio_recording_becomes_telephone_audio() -> None:
    left = tone(500, 44_100)
    stereo = [sample for pair in zip(left, left, strict=True) for sample in pair]
    content = telephone(read_wav(wav(stereo, 44_100, channels=2)))
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8_000, 1, 2)
        assert file.getnframes() == pytest.approx(8_000, abs=100)


def test_silence_around_the_words_goes_and_pauses_between_them_stay() -> None:
    pause = [0] * RATE
    said = pause + tone(500, RATE, 0.5) + pause + tone(500, RATE, 0.5) + pause
    audio = read_wav(telephone(read_wav(wav(said, RATE))))
    assert audio.duration_seconds == pytest.approx(2.0 + 0.12, abs=0.05)


def test_pauses_do_not_make_a_recording_louder() -> None:
    said = tone(500, RATE, 0.5) + [0] * 3 * RATE + tone(500, RATE, 0.5)
    assert loudness(read_wav(telephone(read_wav(wav(said, RATE))))) == pytest.approx(-20, abs=0.5)


def test_a_silent_recording_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="silent from beginning to end"):
        telephone(read_wav(wav([0] * RATE, RATE)))


def test_a_recording_of_no_length_is_refused() -> None:
    with pytest.raises(BadInput, match="silent"):
        telephone(read_wav(wav([], RATE)))


def test_a_lecture_is_no_prompt() -> None:
    with pytest.raises(BadInput, match="301 seconds long"):
        telephone(read_wav(wav([1_000] * RATE * 301, RATE)))


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"ID3 an mp3 renamed", b"RIFF\xff\xff\xff\xffWAVEfmt "]
)
def test_what_is_no_wav_is_said_with_its_name_and_what_to_do(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "welcome.wav"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"welcome\.wav: this is no WAV file .* Save it as WAV"):
        read_wav(path)
    with pytest.raises(BadInput, match="cannot be opened"):
        read_wav(tmp_path / "gone.wav")
