"""Holds: seen at the phone, told in the record, measured in the talk, added up in the report."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np

from ivr.call.course import Course
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.line import AsteriskLine
from ivr.line.commands import Spoken
from ivr.quality.holds import holds
from ivr.quality.report import lines
from ivr.record import CallEvent, CallSummary
from recordings.catalogue import Recording
from recordings.checks import Limits, judge
from recordings.measure import measure
from recordings.review import Review
from tests.quality.queue import AT, measures

RATE = 8000


def events(*told: tuple[float, str, dict[str, Any]]) -> list[CallEvent]:
    return [
        CallEvent("1", seq, AT + timedelta(seconds=at), kind, data)
        for seq, (at, kind, data) in enumerate(told)
    ]


def joined(at: float, name: str = "1-1") -> tuple[float, str, dict[str, Any]]:
    return at, "joined", {"agent": "ana", "recording": name, "recorded": True}


async def nothing(spoken: Spoken) -> Path:
    raise AssertionError(spoken)


async def test_a_hold_at_the_agents_phone_is_seen_and_one_at_the_callers_is_not() -> None:
    line = AsteriskLine(cast(Ami, None), "PJSIP/carrier-1", "c-1", nothing, lambda _: None)
    seen: list[bool] = []
    line.on_hold = seen.append
    hold = {"Uniqueid": "c-2", "Linkedid": "c-1", "Channel": "PJSIP/ana-2"}
    line.event({"Event": "Hold", **hold})
    assert seen == [], "they do not talk yet"
    line.found_talking("PJSIP/ana-2")
    line.event({"Event": "Hold", "MusicClass": "", **hold})
    line.event({"Event": "Unhold", **hold})
    line.event({"Event": "Hold", "Uniqueid": "c-1", "Channel": "PJSIP/carrier-1"})
    assert seen == [True, False]


def test_a_call_knows_since_when_its_caller_is_on_hold() -> None:
    course = Course(CallSummary(call_id="1", started=AT))
    told = events(joined(0), (5, "hold", {}), (9, "hold_over", {"seconds": 4}), (11, "hold", {}))
    since = []
    for event in (*told, *events((12, "talk_over", {"by": "agent"}))):
        course.learn(event)
        since.append(course.held_since)
    assert since == [None, told[1].at, None, told[3].at, None]


def test_holds_are_in_seconds_of_their_recording() -> None:
    told = events(
        joined(10),
        (15, "hold", {}),
        (45, "hold_over", {"seconds": 30}),
        (50, "hold", {}),
        (58, "talk_over", {"by": "agent"}),
        joined(100, "1-2"),
        (101, "hold", {}),
        (103, "hold_over", {"seconds": 2}),
    )
    assert holds(told, "1-1") == [(5, 30), (40, 8)]
    assert holds(told, "1-2") == [(1, 2)]
    assert holds(told, "1-3") == []


def test_a_hold_is_no_silence_and_a_long_one_is_found() -> None:
    quiet = np.zeros(60 * RATE, np.int16)
    found = measure(quiet, quiet, lambda side: np.zeros(len(side) // 256, bool), [(10, 45)])
    begin, lasted = found.longest_silence
    assert begin + lasted <= 10.1
    assert found.held == 45
    limits = Limits(longest_silence=20, longest_hold=40)
    [finding] = judge(None, found, "", [], limits)
    assert (finding.rule, finding.second) == ("longest_hold", 10)


def test_the_report_says_how_often_and_how_long() -> None:
    reviewed = [
        (
            Recording(name=name, call_id=name, part=1, at=AT, agent="ana"),
            Review(name, AT, replace(measures(), holds=held)),
        )
        for name, held in (("1", ((5.0, 30.0), (40.0, 8.0))), ("2", ()))
    ]
    [line] = lines(reviewed, "agent")
    assert (line.holds, line.mean_hold, line.longest_hold) == (2, 19, 30)
    [none] = lines(reviewed[1:], "agent")
    assert (none.holds, none.mean_hold, none.longest_hold) == (0, None, None)
