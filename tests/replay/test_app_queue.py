"""The model of app_queue: when its callers look, worked out by hand."""

from dataclasses import replace

import pytest

from ivr.replay.agenda import Outcome
from ivr.replay.app_queue import BEST, DEFAULTS, AppQueue, Settings
from ivr.replay.scene import Caller
from ivr.replay.shifts import Break, Shifts
from tests.replay.made import caller, staff


def played(settings: Settings, shifts: Shifts, *scene: Caller) -> dict[str, Outcome]:
    outcomes = AppQueue(settings, shifts, lambda _caller, _agent: 100.0).play(scene)
    return {one.caller.call: one for one in outcomes}


def test_who_comes_to_a_free_agent_is_put_through_at_once() -> None:
    found = played(DEFAULTS, staff("ana", until=1000), caller("a", 3.3))
    assert found["a"].waited == 0


def test_by_default_the_first_caller_rings_again_every_five_seconds() -> None:
    # b comes at 12, rings in vain, and again at 17, 22, … 97, 102: Ana has been free since 100.
    found = played(DEFAULTS, staff("ana", until=1000), caller("a", 0), caller("b", 12))
    assert found["b"].waited == pytest.approx(90)


def test_at_its_best_the_first_caller_looks_every_second() -> None:
    found = played(BEST, staff("ana", until=1000), caller("a", 0), caller("b", 12.4))
    assert found["b"].waited == pytest.approx(88)  # at 100.4


def test_by_default_only_the_first_caller_is_served_though_two_agents_are_free() -> None:
    # Both are free from 100 on. b came at 1 and looks at 101; c is the first at its next look, 102.5.
    shifts = staff("ana", "ben", until=1000)
    scene = (caller("a", 0), caller("x", 0), caller("b", 1), caller("c", 1.5))
    found = played(DEFAULTS, shifts, *scene)
    assert found["b"].waited == pytest.approx(100)
    assert found["c"].waited == pytest.approx(100)  # its own second, at 101.5
    assert found["b"].agent != found["c"].agent


def test_priority_puts_ahead_within_the_queue() -> None:
    settings = replace(BEST, priority=lambda one: one.priority)
    scene = (caller("a", 0), caller("b", 10), caller("c", 20, priority=2))
    found = played(settings, staff("ana", until=1000), *scene)
    assert found["c"].waited == pytest.approx(80)
    assert found["b"].waited == pytest.approx(190)


def test_the_impatient_leave_and_the_next_becomes_the_first() -> None:
    scene = (caller("a", 0), caller("b", 10, patience=20), caller("c", 11.5))
    found = played(BEST, staff("ana", until=1000), *scene)
    assert not found["b"].answered
    assert found["b"].waited == 20
    assert found["c"].waited == pytest.approx(89)  # at 100.5


def test_breaks_are_taken_after_the_talk() -> None:
    shifts = staff("ana", until=1000, breaks=(Break("ana", 50.0, 200.0, away=False),))
    found = played(BEST, shifts, caller("a", 0), caller("b", 10))
    assert found["b"].waited == pytest.approx(290)
