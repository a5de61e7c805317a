"""A call tried in the terminal becomes a test that passes."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.cli.main import run
from ivr.errors import BadInput
from ivr.flow.calls import read_calls
from ivr.flow.load import load
from ivr.trial.case import try_cases
from ivr.trial.saved import save

Simulate = Callable[..., int]


@pytest.fixture
def simulate(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Simulate:
    """Run `careline simulate` with lines typed; its exit code."""
    monkeypatch.setenv("CARELINE_HOME", str(folder.parent))
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def typed(*lines: str, options: tuple[str, ...] = ()) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return run(["simulate", "--at", "2026-11-18 10:00", *options])

    return typed


WAYS = {
    "a key": ("", "1", ""),
    "silence": ("", "", "", "1", ""),
    "a key that cuts the greeting short": ("1", "", ""),
    "digits": ("", "2", "2345", "", ""),
    "hanging up at the menu": ("", "h"),
    "hanging up during the talk": ("", "1", "h"),
    "a human": ("", "0", ""),
    "a wrong key": ("", "9", ""),
}


@pytest.mark.parametrize("lines", WAYS.values(), ids=WAYS.keys())
def test_a_saved_call_passes_when_it_is_tried(
    simulate: Simulate, folder: Path, lines: tuple[str, ...]
) -> None:
    assert simulate(*lines, options=("--save", "main")) == 0
    hotline = load(folder)
    [tried] = try_cases(hotline, read_calls(folder, hotline))
    assert tried.problems == ()


def test_saved_calls_follow_each_other_in_the_file(simulate: Simulate, folder: Path) -> None:
    for _ in range(3):
        assert simulate("", "1", "", options=("--save", "main")) == 0
    hotline = load(folder)
    calls = [case.spec.call for case in read_calls(folder, hotline)]
    assert calls == [calls[0], f"{calls[0]} (2)", f"{calls[0]} (3)"]
    assert (folder / "main.calls.yaml").read_text().startswith("# yaml-language-server: $schema=")


def test_what_was_written_by_hand_stays_as_it_is(simulate: Simulate, folder: Path) -> None:
    by_hand = "calls:\n    # the first\n    - call: By hand   # as it is\n      talk: [key: 1]\n"
    (folder / "main.calls.yaml").write_text(by_hand)
    assert simulate("", "1", "", options=("--save", "main", "--as", "A new one")) == 0
    text = (folder / "main.calls.yaml").read_text()
    assert text.startswith(by_hand)
    assert "    - call: A new one\n" in text


def test_a_call_begun_in_the_middle_is_saved_as_such(simulate: Simulate, folder: Path) -> None:
    assert simulate("", "", options=("main.told", "--save", "main")) == 0
    hotline = load(folder)
    assert [case.spec.begin for case in read_calls(folder, hotline)] == ["main.told"]


def test_a_call_that_would_not_go_the_same_way_again_is_not_saved(folder: Path) -> None:
    case = {"call": "A call", "talk": [{"key": "1"}], "ends": {"outcome": "left"}}
    with pytest.raises(BadInput, match="does not go the same way again"):
        save(folder / "main.calls.yaml", case, load(folder))
    assert not (folder / "main.calls.yaml").exists()


def test_a_file_whose_calls_are_not_last_is_not_appended_to(folder: Path) -> None:
    file = folder / "main.calls.yaml"
    file.write_text("calls: [{call: One}]\n")
    with pytest.raises(BadInput, match="calls: must be its last part, each call after a dash"):
        save(file, {"call": "A call"}, load(folder))


def test_the_person_at_the_keyboard_sees_what_is_heard_and_why(
    simulate: Simulate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate("", options=("--born", "1950-01-01")) == 0
    seen = capsys.readouterr().out
    assert "» Somebody is coming.  (at_once, zh, slowly)" in seen
    assert 'rule "elder" holds' in seen
    assert "senior-zh is offered the call" in seen
    assert "answered by senior-zh" in seen


def test_a_question_tells_the_keys_that_answer_it(
    simulate: Simulate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate("", "2", "h") == 0
    seen = capsys.readouterr().out
    assert "1: agent   2: topic   3: agent   0: a human" in seen
    assert "4 digits" in seen


def test_the_end_of_the_input_hangs_up(
    simulate: Simulate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate() == 0
    assert "left" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("nowhere",), 'there is no flow or step "nowhere"'),
        (("--born", "yesterday"), "expected a date such as"),
        (("--at", "noon"), "expected a time such as"),
    ],
)
def test_wrong_input_is_told_in_a_sentence(
    simulate: Simulate,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    message: str,
) -> None:
    assert simulate(options=options) == 2
    assert message in capsys.readouterr().err
