"""What is sent to the switch for a recording, and what is not."""

from pathlib import Path

import pytest

from ivr.errors import LineError
from ivr.line.asterisk.taking_down import words
from ivr.line.commands import Record


def test_the_switch_is_told_the_file_the_keys_and_the_times(tmp_path: Path) -> None:
    recording = tmp_path / "careline-1763.5-1-under-way.wav"
    command = Record(tmp_path / "careline-1763.5-1.wav", most=90.5, silence=4.4)
    assert words(command, recording) == (
        f'RECORD FILE "{tmp_path}/careline-1763.5-1-under-way" wav "#0D" 90500 "s=4"'
    )


def test_silence_of_less_than_a_second_is_a_second(tmp_path: Path) -> None:
    file = tmp_path / "said.wav"
    assert words(Record(file, silence=0.2), file).endswith('"s=1"')


@pytest.mark.parametrize("name", ["a,b.wav", "a&b.wav", 'a".wav', "a\nb.wav", "${EXTEN}.wav"])
def test_a_name_with_a_meaning_is_not_sent(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    with pytest.raises(LineError, match="recorded into"):
        words(Record(file), file)


def test_nothing_is_asked_for_where_there_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "gone" / "said.wav"
    with pytest.raises(LineError, match="no such folder"):
        words(Record(file), file)
