"""Is a steady noise taken from a caller's speech, and nothing else changed?"""

import numpy as np
import pytest

from speech.noise import Quieter
from speech.recognizer import RATE, Samples
from tests.speech.sounds import clip, noise, quiet


def heard(sound: Samples, piece: int = 160) -> Samples:
    """Half a second at once, as a turn begins, and then piece by piece."""
    quieter = Quieter()
    pieces = [quieter.hear(sound[:4000])]
    pieces += [quieter.hear(sound[at : at + piece]) for at in range(4000, len(sound), piece)]
    return np.concatenate([*pieces, quieter.end()])


def noisy(level: float) -> Samples:
    said = np.concatenate([quiet(0.3), clip("ko-human"), quiet(0.3)])
    mixed = said.astype(np.int32) + noise(len(said) / RATE, level)[: len(said)]
    heard_so: Samples = np.clip(mixed, -32768, 32767).astype(np.int16)
    return heard_so


def level(sound: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def test_what_is_said_in_quiet_stays_as_it_is() -> None:
    assert np.array_equal(heard(noisy(20)), noisy(20))


def test_a_noise_near_the_voice_is_taken_away_and_the_voice_is_not() -> None:
    sound = noisy(1500)
    clean = heard(sound)
    assert level(clean[-2000:-400]) < 0.3 * level(sound[-2000:-400])
    assert level(clean) > 0.6 * level(clip("ko-human"))


@pytest.mark.parametrize("piece", [1, 63, 160, 4000])
def test_the_size_of_the_pieces_changes_nothing(piece: int) -> None:
    sound = noisy(1500)[:8000]
    assert np.array_equal(heard(sound, piece), heard(sound))


def test_a_turn_too_short_to_know_its_noise_stays_as_it_is() -> None:
    short = noise(0.2, 1500)
    assert np.array_equal(Quieter().hear(short), short)
    assert len(Quieter().end()) == 0
