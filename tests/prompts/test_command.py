"""careline prompts: what an admin types, sees, and gets as an exit code."""

from pathlib import Path

import pytest

from ivr.cli.prompts import app
from ivr.errors import BadInput
from ivr.line.commands import Spoken
from ivr.prompts import PromptStore, Status
from tests.prompts.test_store import ToneVoice

CENTER = """
center: {name: Test, languages: [zh, en], entry: main, human: main.human}
queues: {general: {unstaffed: main.bye}}
rules:
  - {name: elder, when: caller.elderly, queue: general}
  - {name: foreign, when: caller.language == "en", queue: general}
"""
MAIN = (
    "steps: {hello: {say: welcome, next: human}, human: {queue: general}, bye: {hangup: goodbye}}"
)
ENGINE = """
  all_busy: 忙
  connecting: 接通
  feature_logged_in: 签入
  feature_logged_out: 签出
  feature_paused: 暂停
  feature_ready: 恢复
  nobody_here: 没有人
  queue_position: '第{{ position }}位'
  queue_soon: 马上
  queue_wait: '{{ minutes }}分钟'
  sorry_trouble: 对不起
"""
ZH = f"language: zh\nprompts:\n  welcome: 您好[你好]\n  goodbye: 再见{ENGINE}"
EN = "language: en\nprompts: {welcome: Hello, goodbye: Goodbye}"


def run(arguments: list[str]) -> object:
    return app(arguments, standalone_mode=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "center.yaml").write_text(CENTER)
    (flows / "main.yaml").write_text(MAIN)
    (flows / "prompts.zh.yaml").write_text(ZH)
    (flows / "prompts.en.yaml").write_text(EN)
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setattr("ivr.cli.prompts.Voices", lambda _: ToneVoice())
    return tmp_path


def test_a_build_makes_every_prompt_that_can_be_known_ahead_at_both_speeds(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["build"]) == 0
    assert "0 recorded, 76 built, 0 missing." in capsys.readouterr().out
    store = PromptStore(home / "var" / "prompts", ToneVoice(), home / "flows" / "audio")
    assert store.status(Spoken("Hello", "en", "welcome", slow=True)) is Status.BUILT


def test_one_language_can_be_built_alone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "-l", "en"]) == 0
    assert "4 built" in capsys.readouterr().out
    assert not (home / "var" / "prompts" / "zh").exists()


def test_a_bad_recording_fails_the_build_in_a_sentence_that_names_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audio = home / "flows" / "audio" / "en"
    audio.mkdir(parents=True)
    (audio / "welcome.wav").write_bytes(b"not a sound")
    assert run(["build", "-l", "en"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "0 recorded, 2 built, 2 missing." in said
    assert "this is no WAV file" in said


def test_a_recording_that_no_prompt_has_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audio = home / "flows" / "audio" / "en"
    audio.mkdir(parents=True)
    for name in ("welcom.wav", "welcome.slow.wav", "goodbye.mp3"):
        (audio / name).write_bytes(ToneVoice().say("x", "en"))
    assert run(["build", "-l", "en"]) == 0
    said = capsys.readouterr().out
    assert [line.split("/")[-1] for line in said.splitlines() if "never played" in line] == [
        "goodbye.mp3 is never played: no prompt of that language is so named.",
        "welcom.wav is never played: no prompt of that language is so named.",
    ]


def test_the_list_tells_what_is_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "-l", "zh"]) is None
    before = capsys.readouterr().out
    assert before.count("missing") == 72
    assert "您好[你好]" in before  # not taken for markup
    run(["build", "-l", "zh"])
    capsys.readouterr()
    run(["list", "-l", "zh", "--missing"])
    assert "missing" not in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_a_language_the_hotline_has_no_words_in_is_wrong_input() -> None:
    with pytest.raises(BadInput, match=r"there is no prompts\.fr\.yaml"):
        run(["list", "-l", "fr"])
