"""Calls whose callers speak are tried as they are written, saved, and typed at the terminal."""

import shutil
from pathlib import Path

import pytest

from ivr.flow.calls import read_calls
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.problem import BrokenFlow
from ivr.trial.case import try_cases
from tests.flow.test_load import HERE


@pytest.fixture
def speaking(tmp_path: Path) -> Path:
    """The folder of a hotline whose callers speak."""
    return Path(shutil.copytree(HERE / "speaks", tmp_path / "flows"))


def shown(folder: Path, hotline: Hotline, lines: str) -> list[str]:
    file = folder / "main.calls.yaml"
    file.write_text(f"calls:\n  - call: A call\n    {lines}\n", encoding="utf-8")
    tried = try_cases(hotline, read_calls(file, hotline))
    return [str(problem).splitlines()[0] for one in tried for problem in one.problems]


GOOD = {
    "words answer an open question": "talk: [hear: help, says: 我的卡丢了, hear: lost_card, says: 对]\n"
    "    sets: {intent: lost_card}\n    ends: {queue: general}",
    "words like the examples do": "talk: [says: 我想查一下余额, hear: last_four, says: 八八四三]\n"
    "    ends: {queue: general}",
    "words choose in a menu": "begin: main.menu\n    talk: [says: 查余额, hear: last_four]",
    "a human is asked for": "talk: [hear: help, says: 人工]\n    ends: {queue: general}",
    "sounds without words are not understood": "talk: [hear: help, mumbles, hear: again, mumbles, "
    "hear: menu]",
    "what is heard badly is asked back": "talk: [hear: help, {says: 我的卡丢了, confidence: 0.5}, "
    "hear: lost_card]",
    "where nothing is heard keys are asked for": "hears: none\n    talk: [hear: menu, key: 2]\n"
    "    never_hear: help",
    "only some languages are heard": "hears: [en]\n    talk: [hear: menu]\n    never_hear: help",
    "several things are said one after the other": "begin: main.when\n    talk: [says: 信用卡, "
    "hear: is_it_urgent, says: 不是, hear: read_back, key: 1]\n    sets: {kind: credit}",
}


@pytest.mark.parametrize("lines", GOOD.values(), ids=GOOD.keys())
def test_a_spoken_call_that_goes_as_written_is_as_written(speaking: Path, lines: str) -> None:
    assert shown(speaking, load(speaking), lines) == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            'talk: [says: ""]',
            'main.calls.yaml:3:18: "" found, the words that are said expected',
        ),
        (
            "talk: [{says: hello, confidence: 7}]",
            'main.calls.yaml:3:38: "7" found, a number from 0 to 1 expected',
        ),
        (
            "talk: [{says: hello, loud: yes}]",
            "main.calls.yaml:3:12: names with values found, one of",
        ),
    ],
)
def test_what_cannot_be_said_is_told(speaking: Path, lines: str, message: str) -> None:
    with pytest.raises(BrokenFlow) as broken:
        shown(speaking, load(speaking), lines)
    assert str(broken.value).startswith(message)


def test_words_typed_at_the_terminal_are_said_and_saved(
    speaking: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ivr.cli.main import run  # noqa: PLC0415  the terminal's width is read when it is imported

    typed = iter(["?", "我的卡丢了", "对", "h"])
    monkeypatch.setattr("rich.console.Console.input", lambda self, *_, **__: next(typed))
    monkeypatch.setenv("CARELINE_HOME", str(speaking.parent))
    assert run(["simulate", "--from", "13800001111", "--save", "main"]) == 0
    saved = (speaking / "main.calls.yaml").read_text(encoding="utf-8")
    assert "mumbles" in saved
    assert "says: 我的卡丢了" in saved
    assert "Understood as lost_card" in capsys.readouterr().out
