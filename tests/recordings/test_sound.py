"""What the switch writes is kept whole, each side on its channel."""

import io
from pathlib import Path

import numpy as np
import pytest

from ivr.errors import BadInput
from recordings.sound import RATE, Format, Samples, decode, encode, seconds


def tone(hertz: float, lasts: float = 2.0) -> Samples:
    wave = 8000 * np.sin(2 * np.pi * hertz * np.arange(round(lasts * RATE)) / RATE)
    return wave.astype(np.int16)


def hertz(samples: Samples) -> int:
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64)))
    return round(float(np.argmax(spectrum)) * RATE / len(samples))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    path = tmp_path / "1-1.raw"
    path.write_bytes(np.stack([tone(900), tone(700)], axis=1).tobytes())
    return path


@pytest.mark.parametrize("form", ["flac", "opus"])
def test_the_caller_is_left_and_the_agent_right(raw: Path, form: Format) -> None:
    kept = io.BytesIO()
    encode(raw, kept, form)
    caller, agent = decode(kept)
    assert (hertz(caller), hertz(agent)) == (700, 900)
    assert len(caller) / RATE == pytest.approx(seconds(raw), abs=0.02)


def test_flac_keeps_every_sample(raw: Path) -> None:
    kept = io.BytesIO()
    encode(raw, kept, "flac")
    caller, agent = decode(kept)
    assert np.array_equal(caller, tone(700))
    assert np.array_equal(agent, tone(900))


def test_a_recording_cut_off_in_the_middle_of_a_frame_is_kept_up_to_there(raw: Path) -> None:
    raw.write_bytes(raw.read_bytes()[:8003])
    kept = io.BytesIO()
    encode(raw, kept)
    caller, _ = decode(kept)
    assert (len(caller), seconds(raw)) == (2000, 0.25)


def test_what_is_no_recording_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadInput, match="cannot be decoded"):
        decode(io.BytesIO(b"not audio at all"))
