"""The floor with a clock of its own: days that can be worked out by hand."""

from dataclasses import replace

import pytest

from ivr.replay.agenda import Outcome
from ivr.replay.clock import Replay
from ivr.replay.rules import AHEAD, Rules, elders_first, in_order
from ivr.replay.scene import Caller
from ivr.replay.shifts import Break, Shifts
from routing.floor import Floor
from tests.replay.made import caller, staff

FIFO = in_order("fifo", lambda _: 0.0)


def played(
    shifts: Shifts, *scene: Caller, rules: Rules = FIFO, talk: float = 100.0
) -> dict[str, Outcome]:
    floor = Floor(rules.switching(shifts.switching))
    replay = Replay(floor, rules.terms, shifts, rules.skilled, lambda _caller, _agent: talk)
    return {one.caller.call: one for one in replay.play(scene)}


def waits(outcomes: dict[str, Outcome]) -> dict[str, float]:
    return {call: one.waited for call, one in outcomes.items() if one.answered}


def test_one_agent_serves_in_the_order_of_arrival() -> None:
    found = played(staff("ana", until=1000), caller("a", 0), caller("b", 10), caller("c", 20))
    assert waits(found) == {"a": 0, "b": 90, "c": 180}


def test_who_runs_out_of_patience_leaves_the_place_to_the_next() -> None:
    found = played(
        staff("ana", until=1000), caller("a", 0), caller("b", 10, patience=50), caller("c", 20)
    )
    assert not found["b"].answered
    assert found["b"].waited == 50
    assert found["c"].waited == 80


def test_switching_from_call_to_call_is_charged() -> None:
    shifts = replace(staff("ana", until=1000), switching=5.0)
    assert waits(played(shifts, caller("a", 0), caller("b", 10))) == {"a": 0, "b": 95}


def test_a_break_waits_for_the_end_of_the_talk_and_is_taken_in_full() -> None:
    pause = Break("ana", 50.0, 200.0, away=False)
    found = played(staff("ana", until=1000, breaks=(pause,)), caller("a", 0), caller("b", 10))
    assert found["b"].waited == 290


def test_two_breaks_that_run_into_each_other_are_both_taken() -> None:
    pauses = (Break("ana", 0.0, 100.0, away=False), Break("ana", 50.0, 100.0, away=False))
    found = played(staff("ana", until=1000, breaks=pauses), caller("a", 10))
    assert found["a"].waited == 190


def test_an_agent_who_goes_home_in_a_talk_ends_it_and_takes_no_other() -> None:
    found = played(staff("ana", until=50), caller("a", 0), caller("b", 10))
    assert found["a"].answered
    assert not found["b"].answered


def test_head_start_is_time_already_waited() -> None:
    rules = in_order("bank", lambda one: 90.0 * one.priority)
    scene = (caller("a", 0), caller("b", 10), caller("c", 20, priority=1))
    assert waits(played(staff("ana", until=1000), *scene, rules=rules)) == {
        "a": 0,
        "c": 80,
        "b": 190,
    }


def test_the_elderly_are_next_and_the_others_keep_their_order() -> None:
    rules = elders_first("ours", lambda _: 0.0)
    scene = (caller("a", 0), caller("b", 10), caller("c", 20), caller("old", 90, age=70))
    assert waits(played(staff("ana", until=1000), *scene, rules=rules)) == {
        "a": 0,
        "old": 10,
        "b": 190,
        "c": 280,
    }


def test_of_two_agents_one_is_kept_for_the_elderly_and_given_to_them_at_once() -> None:
    rules = elders_first("ours", lambda _: 0.0, by_kind=False, keep_free=1)
    scene = (caller("a", 0), caller("b", 10), caller("c", 20), caller("old", 130, age=70))
    found = played(staff("ana", "ben", until=1000), *scene, rules=rules)
    # Ana is done at 100, and one of two free takes b; ben is done at 200 and kept, ana at 230 for c.
    assert waits(found) == {"a": 0, "b": 90, "old": 0, "c": 210}


def test_without_an_elderly_caller_the_kept_agent_stays_kept() -> None:
    rules = elders_first("ours", lambda _: 0.0, by_kind=False, keep_free=1)
    scene = (caller("a", 0), caller("b", 10), caller("c", 20), caller("d", 30))
    found = played(staff("ana", "ben", until=1000), *scene, rules=rules)
    assert waits(found) == {"a": 0, "b": 90, "c": 180, "d": 270}


def test_a_caller_nobody_serves_is_answered_by_nobody() -> None:
    found = played(staff("ana", until=100), replace(caller("a", 0), kind="NW"))
    assert not found["a"].answered


@pytest.mark.parametrize("rules", [FIFO, elders_first("ours", lambda _: AHEAD, keep_free=1)])
def test_the_same_scene_is_played_the_same_way_twice(rules: Rules) -> None:
    scene = [
        caller(f"c{n}", 7.0 * n, patience=60.0 + n % 90, priority=n % 3, age=30 + n % 50)
        for n in range(300)
    ]
    pauses = tuple(Break("ben", 300.0 * n, 40.0, away=False) for n in range(1, 6))
    shifts = staff("ana", "ben", "cleo", until=2500, breaks=pauses)
    first, second = (played(shifts, *scene, rules=rules, talk=33.0) for _ in range(2))
    assert first == second
    assert len(first) == 300
