"""The rig's ear: what it finds in a recording, and what it does not."""

import wave
from pathlib import Path

import numpy as np
import pytest

from tests.rig import sound
from tests.rig.sound import RATE, Sound


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float, seed: int, loudness: float = 0.2) -> Sound:
    random = np.random.default_rng(seed)
    return (loudness * random.standard_normal(round(seconds * RATE))).astype(np.float32)


def join(*parts: Sound) -> Sound:
    return np.concatenate(parts)


def test_a_tone_is_found_where_it_begins() -> None:
    heard = join(silence(1.5), sound.tone(700, 1), silence(1))
    assert sound.find_tone(heard, 700, 0.9) == pytest.approx(1.5, abs=0.03)


@pytest.mark.parametrize("other", [600, 800, 350, 1400])
def test_another_tone_is_not_it(other: int) -> None:
    assert sound.find_tone(sound.tone(other, 2), 700, 0.2) is None


def test_a_tone_that_is_too_short_or_buried_in_noise_is_not_found() -> None:
    assert sound.find_tone(join(silence(1), sound.tone(700, 0.3), silence(1)), 700, 0.5) is None
    assert sound.find_tone(noise(2, 1, 0.3) + sound.tone(700, 2, 0.05), 700, 0.2) is None


def test_a_prompt_is_found_where_it_begins() -> None:
    prompt = noise(2, 2)
    heard = join(silence(0.7), prompt, silence(1))
    assert sound.find(heard, prompt) == pytest.approx(0.7, abs=0.01)


def test_a_prompt_that_lost_a_packet_is_still_found() -> None:
    prompt = noise(2, 3)
    heard = join(silence(1), prompt[:4000], prompt[4160:12000], silence(0.02), prompt[12000:])
    assert sound.find(heard, prompt) == pytest.approx(1, abs=0.01)


def test_a_prompt_that_was_cut_short_is_not_found() -> None:
    prompt = noise(2, 4)
    assert sound.find(join(silence(1), prompt[: RATE * 3 // 2], silence(2)), prompt) is None


def test_another_prompt_is_not_it() -> None:
    assert sound.find(join(silence(1), noise(2, 5), silence(1)), noise(2, 6)) is None


def test_a_file_in_another_format_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "wide.wav"), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(16000)
        wav.writeframes(b"\0\0" * 1600)
    with pytest.raises(AssertionError, match="expected"):
        sound.read_wav(tmp_path / "wide.wav")
