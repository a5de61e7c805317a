"""What is left of a recording, and what of one that holds nothing, or is none?"""

import wave
from array import array
from pathlib import Path

import pytest

from ivr.line import voice_file
from ivr.line.voice_file import RATE, hum


def silence(seconds: float) -> "array[int]":
    return array("h", bytes(2 * round(seconds * RATE)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "said.wav"


def recorded(file: Path, samples: "array[int]") -> Path:
    """What the switch has just written for `file`."""
    recording = voice_file.under_way(file)
    voice_file.write(recording, samples)
    return recording


def test_silence_around_what_was_said_is_cut_off(file: Path) -> None:
    recording = recorded(file, silence(3) + hum(1.0) + silence(1) + hum(1.0) + silence(4))
    seconds = voice_file.keep(recording, file)
    assert seconds == pytest.approx(0.3 + 3.0 + 0.5, abs=0.05)
    assert voice_file.seconds(file) == seconds
    assert not recording.exists()


def test_only_its_owner_may_read_what_was_said(file: Path) -> None:
    voice_file.keep(recorded(file, hum(1.0)), file)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "samples",
    [silence(2), silence(0), silence(1) + hum(0.1) + silence(1), array("h", [40, -40]) * RATE],
    ids=["silence", "nothing", "a click", "a quiet room"],
)
def test_nothing_said_leaves_an_older_recording_alone(file: Path, samples: "array[int]") -> None:
    voice_file.write(file, hum(1.0))
    recording = recorded(file, samples)
    assert voice_file.keep(recording, file) == 0
    assert voice_file.seconds(file) == 1.0
    assert not recording.exists()


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVEfmt ", b"x" * 1000])
def test_what_is_no_recording_holds_nothing(file: Path, content: bytes) -> None:
    recording = voice_file.under_way(file)
    recording.write_bytes(content)
    assert voice_file.keep(recording, file) == 0
    assert list(file.parent.iterdir()) == []


def test_a_recording_in_another_format_is_not_taken_for_ours(file: Path) -> None:
    recording = voice_file.under_way(file)
    with wave.open(str(recording), "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(48000)
        wav.writeframes(hum(1.0))
    assert voice_file.keep(recording, file) == 0


def test_a_recording_that_was_never_begun_holds_nothing(file: Path) -> None:
    assert voice_file.keep(voice_file.under_way(file), file) == 0
