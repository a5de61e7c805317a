"""The decoder of keys reads what is there, quiet and noisy as it may be, and nothing that is not."""

import numpy as np
import pytest

from tests.rig import dtmf, sound

ALL = "1234567890*#ABCD"


@pytest.mark.parametrize("loudness", [0.3, 0.003])
def test_every_key_is_read_loud_and_quiet(loudness: float) -> None:
    assert dtmf.keys(dtmf.tones(ALL, loudness=loudness)) == ALL


def test_a_short_key_in_noise_is_read() -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, 80_000).astype(np.float32)
    keyed = dtmf.tones("604918", length=0.05, gap=0.05)
    noise[8_000 : 8_000 + len(keyed)] += keyed
    assert dtmf.keys(noise) == "604918"


def test_hums_noise_and_silence_hold_no_key() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 80_000).astype(np.float32)
    for heard in (noise, sound.tone(700, 2), sound.tone(1900, 2), np.zeros(16_000, np.float32)):
        assert dtmf.keys(heard) == ""
