"""A tried call leaves a message for as long as it is written, and nothing of it stays."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.flow.calls import cases_of
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.problem import BrokenFlow
from ivr.flow.source import parse
from ivr.flow.turns import Keys, Silence, Talks
from ivr.resources import flows
from ivr.trial.case import try_cases
from ivr.trial.saved import as_case


@pytest.fixture(scope="module")
def hotline() -> Hotline:
    return load(flows())


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files go; none may be left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def problems(hotline: Hotline, talk: str, ends: str) -> list[str]:
    """What is not as written in a call that begins where messages are left."""
    text = (
        f"calls:\n  - call: A call\n    begin: main.message\n    talk: [{talk}]\n    ends: {ends}\n"
    )
    [tried] = try_cases(hotline, cases_of(parse(text, "main.calls.yaml"), hotline))
    return [str(problem.message) for problem in tried.problems]


@pytest.mark.parametrize("talk", ["talks: 12s, hang up", 'talks: 12s, key: "#"', "talks: 12s"])
def test_a_message_is_left_however_it_ends(hotline: Hotline, talk: str) -> None:
    assert problems(hotline, talk, "{message: 12s}") == []


def test_a_message_that_is_shorter_than_written_is_told(hotline: Hotline) -> None:
    assert problems(hotline, "talks: 5s, hang up", "{message: 12s}") == [
        "a message of 5.0 s was left"
    ]


def test_a_message_that_was_not_left_is_told(hotline: Hotline) -> None:
    assert problems(hotline, "hang up", "{message: 1s}") == ["no message was left"]


def test_who_talks_where_nothing_is_taken_down_is_told(hotline: Hotline) -> None:
    told = problems(hotline, "talks: 5s, hear: keep_message, talks: 5s", "{}")
    assert told == ["the call was over before this; it ended in main.message_kept"]


@pytest.mark.parametrize("length", ["soon", "-1s"])
def test_how_long_somebody_talks_must_be_a_time(hotline: Hotline, length: str) -> None:
    with pytest.raises(BrokenFlow, match="a time such as 20s"):
        problems(hotline, f"talks: {length}", "{}")


def test_a_call_that_was_tried_by_hand_is_saved_with_what_was_said(hotline: Hotline) -> None:
    text = "calls: [{call: A call, begin: main.message, talk: [talks: 5s]}]"
    [tried] = try_cases(hotline, cases_of(parse(text, "x.calls.yaml"), hotline))
    at = tried.case.spec.at.replace(tzinfo=hotline.center.zone)
    case = as_case(tried.trial, [Talks(5), Keys("1"), Silence()], number="", at=at)
    assert case["talk"] == [{"talks": "5s"}, {"key": "1"}, "silence"]
    assert case["call"] == "Wed 10:00, 5s, 1, silence: completed"
