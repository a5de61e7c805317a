"""Does a speaker get the whole script, and do good recordings come in and bad ones stay out?"""

from pathlib import Path

import pytest

from ivr.cli.main import run
from ivr.flow.load import load
from ivr.resources import flows
from ivr.speaker import recordable, script
from speech.audio import LOUDNESS, RATE, loudness, read_wav
from tests.prompts.test_command import CENTER, EN, MAIN, ZH
from tests.prompts.test_store import ToneVoice
from tests.speech.test_studio import recording


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "flows"
    folder.mkdir()
    for name, text in {"center": CENTER, "main": MAIN, "prompts.zh": ZH, "prompts.en": EN}.items():
        (folder / f"{name}.yaml").write_text(text)
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setattr("ivr.cli.prompts.Voices", lambda _: ToneVoice())
    return tmp_path


def test_every_text_of_the_shipped_hotline_is_in_the_script_once_with_where_it_is_heard() -> None:
    hotline = load(flows())
    lines = script(hotline, "zh")
    spoken = [line.spoken for line in lines]
    assert len(spoken) == len(set(spoken))
    assert {one.name for one in spoken} == set(hotline.wording.texts["zh"])
    by_name = {line.spoken.name: line for line in lines}
    assert "main.main_menu" in by_name["main_menu"].heard
    assert by_name["queue_position"].varies == ("position",)
    assert all(line.heard for line in recordable(lines) if line.spoken.name == "welcome")
    names = [one.name for one in spoken]
    assert names.index("welcome") < names.index("main_menu")


def test_the_script_names_the_file_and_the_place_and_calls_out_what_varies(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prompts", "script", "zh"]) == 0
    told = capsys.readouterr().out
    assert "welcome.wav" in told
    assert "heard: main.hello" in told
    recorded, varying = told.split("Not to be recorded")
    assert "第{{ position }}位" in varying
    assert "queue_position.wav" not in recorded


def test_a_good_recording_of_any_kind_comes_in_as_the_telephone_wants_it(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "studio"
    folder.mkdir()
    recording(seconds=2.0).export(folder / "welcome.flac", format="flac").close()
    recording(seconds=2.0).export(folder / "welcme.wav", format="wav").close()
    recording(noise=-20, seconds=1.0).export(folder / "goodbye.wav", format="wav").close()
    (folder / "connecting.wav").write_bytes(b"no sound")
    assert run(["prompts", "import", str(folder), "--language", "zh"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "goodbye.wav: the voice is only" in told
    assert "welcme.wav: no prompt of zh" in told
    assert "connecting.wav: this is no recording that can be read" in told
    assert "1 taken in, 2 refused" in told
    audio = home / "flows" / "audio" / "zh"
    assert [file.name for file in audio.iterdir()] == ["welcome.wav"]
    kept = read_wav(audio / "welcome.wav")
    assert (kept.frame_rate, kept.channels) == (RATE, 1)
    assert loudness(kept) == pytest.approx(LOUDNESS, abs=1.5)


def test_what_cannot_be_recorded_is_said_in_a_sentence(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prompts", "script", "ja"]) == 2
    assert run(["prompts", "import", str(home / "nowhere"), "-l", "zh"]) == 2
    assert run(["voices", "install", "ko", "--from", str(home)]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "there are prompts in en, zh" in told
    assert "there is no such folder" in told
    assert "there is no voice here" in told


def test_the_voices_are_listed_by_what_reads_each_language(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["voices", "list"]) == 0
    assert capsys.readouterr().out.count("espeak-ng") == 5
