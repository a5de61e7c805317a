"""What the switch writes is kept whole, each side on its channel."""

import io
import os
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


def test_on_the_callers_channel_the_caller_is_left_already(raw: Path) -> None:
    kept = io.BytesIO()
    encode(raw, kept, caller_left=True)
    caller, hotline = decode(kept)
    assert (hertz(caller), hertz(hotline)) == (900, 700)


@pytest.mark.parametrize("after", [0.0, 0.5])
def test_the_rest_of_a_talk_that_was_left_muted_is_in_its_place(raw: Path, after: float) -> None:
    """It ends with the talk, or `after` that: then somebody has ended the muting before."""
    talk = np.stack([tone(900, 6), tone(700, 6)], axis=1)
    again = round((6 - after) * RATE)
    talk[2 * RATE : again] = 0
    raw.write_bytes(talk.tobytes())
    rest = raw.with_suffix(".rest.raw")
    rest.write_bytes(np.stack([tone(500, 3), tone(400, 3)], axis=1).tobytes())
    os.utime(raw, (1000, 1000))
    os.utime(rest, (1000 - after, 1000 - after))
    kept = io.BytesIO()
    encode(raw, kept, "flac", rest)
    caller, agent = decode(kept)
    begins = again - 3 * RATE
    assert [hertz(side[: 2 * RATE]) for side in (caller, agent)] == [700, 900]
    assert not caller[2 * RATE : begins].any()
    assert [hertz(side[begins:again]) for side in (caller, agent)] == [500, 400]
    assert np.array_equal(caller[again:], tone(700, 6)[again:])


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
