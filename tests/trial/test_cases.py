"""Calls are tried as they are written, and whatever differs is shown where it is written."""

from pathlib import Path

import pytest

from ivr.flow.calls import read_calls
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.problem import BrokenFlow
from ivr.trial.case import Tried, try_cases
from ivr.trial.coverage import Coverage


def tried(folder: Path, hotline: Hotline, text: str) -> list[Tried]:
    file = folder / "main.calls.yaml"
    file.write_text(text, encoding="utf-8")
    return try_cases(hotline, read_calls(file, hotline))


def shown(folder: Path, hotline: Hotline, text: str) -> list[str]:
    """What is wrong with the calls of `text`, each without its source line."""
    return [
        str(problem).splitlines()[0]
        for one in tried(folder, hotline, text)
        for problem in one.problems
    ]


GOOD = {
    "a key answers the next question": "talk: [hear: main_menu, key: 1, hear: connecting]",
    "silence lets a question go by": "talk: [silence, hear: again, key: 2, key: 1234, hear: told]",
    "words can be heard as well as prompts": "talk: [key: 2, key: 2345, hear: 二 三 四 五]",
    "a key after a greeting cuts it short": "talk: [hear: welcome, key: 1, hear: connecting]",
    "hanging up ends the call": "talk: [hear: main_menu, hang up]\n    ends: left",
    "hanging up on the agent": "talk: [key: 1, hear: connecting, answered, hang up]\n"
    "    ends: {outcome: answered, with: zh}",
    "hanging up later": "talk: [key: 1, hear: connecting, hang_up: 20s]\n    ends: answered",
    "an elderly caller": "caller: {born: 1950-01-01}\n    talk: [hear: at_once]\n"
    "    never_hear: welcome\n    ends: {with: senior-zh, queue: elders, within: 5s}",
    "with nobody there": "agents: none\n    talk: [key: 1]\n    ends: {with: duty, step: main.duty}",
    "with nobody anywhere": "agents: none\n    numbers: {duty: busy}\n    talk: [key: 1]\n"
    "    ends: {outcome: completed, step: main.bye}",
    "when closed by the clock": "at: 2026-11-18 21:00\n    talk: [key: 1, hear: goodbye]",
    "when closed by decree": "hours: {office: closed}\n    talk: [key: 1, hear: goodbye]",
    "when open by decree": "at: 2026-11-18 23:00\n    hours: {office: open}\n    talk: [key: 1]\n"
    "    ends: {queue: general}",
    "begun in the middle": "begin: main.told\n    ends: {queue: general}",
    "begun knowing something": "begin: main.told\n    knows: {code: 88}\n"
    "    talk: [hear: You keyed 八 八]",
    "a variable": "talk: [key: 2]\n    sets: {topic: balance}",
    "agents who leave": "agents: {ana: {skills: {zh: 5}, phone: rings out, leaves: 30s}}\n"
    "    talk: [key: 1]\n    ends: {with: duty}",
}


@pytest.mark.parametrize("lines", GOOD.values(), ids=GOOD.keys())
def test_a_call_that_goes_as_written_is_as_written(
    folder: Path, hotline: Hotline, lines: str
) -> None:
    assert shown(folder, hotline, f"calls:\n  - call: A call\n    {lines}\n") == []


BAD = {
    "talk: [hear: again, key: 1, hear: goodbye]": (
        'main.calls.yaml:3:39: "goodbye" was not heard; heard were "welcome", "main_menu", '
        '"again", "connecting" [calls]'
    ),
    "talk: [hear: Good evening]": (
        'main.calls.yaml:3:18: "Good evening" was not heard; heard were "Welcome to the bank.", '
    ),
    "talk: [hang up, key: 1]": (
        "main.calls.yaml:3:21: the call was over before this; it ended in main.menu [calls]"
    ),
    "never_hear: [main_menu]": 'main.calls.yaml:3:18: "main_menu" was heard, but must not be [calls]',
    "agent_hears: [goodbye]": (
        'main.calls.yaml:3:19: the agent did not hear "goodbye"; heard were nothing [calls]'
    ),
    "sets: {topic: balance}": 'main.calls.yaml:3:12: "topic" was not set [calls]',
    "ends: {within: 4s}": "main.calls.yaml:3:20: somebody answered only after ",
    "ends: left": 'main.calls.yaml:3:11: the call ended with outcome "answered" [calls]',
    "ends: {with: duty}": 'main.calls.yaml:3:18: the call ended with "zh" [calls]',
    "ends: {queue: elders}": 'main.calls.yaml:3:19: the call ended with queue "general" [calls]',
    "ends: {step: main.bye}": 'main.calls.yaml:3:18: the call ended with step "main.agent" [calls]',
}


@pytest.mark.parametrize(("line", "message"), BAD.items(), ids=BAD.keys())
def test_what_is_not_as_written_is_shown_where_it_is_written(
    folder: Path, hotline: Hotline, line: str, message: str
) -> None:
    [found] = shown(folder, hotline, f"calls:\n  - call: A call\n    {line}\n")
    assert found.startswith(message)


MISTAKES = {
    "tlak: [key: 1]": 'main.calls.yaml:3:5: unknown field "tlak"',
    "talk: [hear: main_mneu]": 'main.calls.yaml:3:18: there is no prompt "main_mneu"; did you mean',
    "talk: [press: 1]": "main.calls.yaml:3:12: ",
    "talk: [key: 1a]": 'main.calls.yaml:3:17: "1a" found, keys of a telephone',
    "begin: main.mneu": 'main.calls.yaml:3:12: there is no step or flow "main.mneu"; did you mean',
    "numbers: {dutty: busy}": 'main.calls.yaml:3:15: there is no number "dutty"; did you mean',
    "numbers: {duty: asleep}": 'main.calls.yaml:3:21: "asleep" found, one of answers, busy',
    "hours: {ofice: open}": 'main.calls.yaml:3:13: there is no hours "ofice"; did you mean',
    "agents: {ana: {skills: {zhh: 5}}}": 'main.calls.yaml:3:29: there is no skill "zhh"',
    "agents: {ana: {skills: {zh: 9}}}": 'main.calls.yaml:3:33: "9" found, a level from 1 to 5',
    "ends: {queue: elder}": 'main.calls.yaml:3:19: there is no queue "elder"; did you mean "elders"',
    "at: tomorrow": 'main.calls.yaml:3:9: "tomorrow" found, a date and time',
    "caller: {born: 1950}": 'main.calls.yaml:3:20: "1950" found, a date such as',
}


@pytest.mark.parametrize(("line", "message"), MISTAKES.items(), ids=MISTAKES.keys())
def test_a_mistake_in_a_call_is_shown_before_it_is_tried(
    folder: Path, hotline: Hotline, line: str, message: str
) -> None:
    with pytest.raises(BrokenFlow) as broken:
        shown(folder, hotline, f"calls:\n  - call: A call\n    {line}\n")
    assert str(broken.value).startswith(message), str(broken.value)


def test_two_calls_of_one_name_are_a_mistake(folder: Path, hotline: Hotline) -> None:
    with pytest.raises(BrokenFlow, match="the call on line 2 has this name too"):
        shown(folder, hotline, "calls:\n  - {call: A call}\n  - {call: A call}\n")


def test_trouble_in_a_call_fails_its_test(folder: Path) -> None:
    (folder / "main.yaml").write_text(
        (folder / "main.yaml").read_text().replace("'\"balance\"'", "caller.age")
    )
    [found] = shown(folder, load(folder), "calls:\n  - call: A call\n    talk: [key: 2]\n")
    assert "there was trouble in the call: topic was not set" in found


def test_a_call_that_never_ends_is_ended_and_told(folder: Path, hotline: Hotline) -> None:
    agents = "agents: {ana: {skills: {zh: 5}, phone: rings out}}"
    [found] = shown(
        folder, hotline, f"calls:\n  - call: A call\n    {agents}\n    talk: [key: 1]\n"
    )
    assert "the call still went on after 60 minutes" in found


def test_what_no_call_takes_is_named_exit_by_exit(folder: Path, hotline: Hotline) -> None:
    coverage = Coverage(hotline)
    text = "calls:\n  - call: A call\n    talk: [hear: main_menu, key: 3]\n"
    for one in tried(folder, coverage.hotline, text):
        coverage.add(one.trial.events)
    untested = {part.name for part in coverage.untested()}
    assert "main.menu → choices.1" in untested, "key 3 leads to the same step, but is another exit"
    assert "main.menu → choices.3" not in untested
    assert {"main.topic", "main.menu → otherwise", 'the rule "elder"'} <= untested
    assert "the queue general → closed" in untested
    assert "main.menu" not in untested
    assert all(part.spot.line > 1 for part in coverage.untested())
