"""When agents were there, as far as a trace shows it."""

import pytest

from ivr.replay.shifts import AWAY, Attendance, Break, Shifts
from ivr.replay.trace import Trace, Work
from tests.replay.made import answered, gone, trace


def shifts_of(made: Trace, away: float = AWAY, seed: int = 0) -> Shifts:
    return Attendance(made, away).shifts(seed)


def test_a_gap_longer_than_the_limit_is_absence() -> None:
    calls = (answered("a", 0, 0, "AVI", 60), answered("b", 2000, 0, "AVI", 60))
    shifts = shifts_of(trace(*calls), away=1800.0)
    assert shifts.breaks == (Break("AVI", 60.0, 1940.0, away=True),)
    assert shifts.hours() * 3600 == pytest.approx(120)


def test_a_gap_in_which_nobody_waited_is_readiness() -> None:
    calls = (answered("a", 0, 0, "AVI", 60), answered("b", 1000, 0, "AVI", 60))
    shifts = shifts_of(trace(*calls), away=1800.0)
    assert shifts.breaks == ()
    assert shifts.hours() * 3600 == pytest.approx(1060)


def test_an_agent_who_leaves_a_caller_waiting_is_not_ready() -> None:
    # AVI is done at 60 and takes b, which waits from 70 to 200: a pause to 200.
    calls = (answered("a", 0, 0, "AVI", 60), answered("b", 70, 130, "AVI", 60))
    shifts = shifts_of(trace(*calls))
    assert shifts.breaks == (Break("AVI", 60.0, 140.0, away=False),)


def test_a_caller_of_a_kind_the_agent_does_not_serve_is_no_sign() -> None:
    calls = (
        answered("a", 0, 0, "AVI", 60),
        gone("x", 70, 100, kind="NW"),
        answered("b", 300, 0, "AVI", 60),
    )
    assert shifts_of(trace(*calls)).breaks == ()


def test_the_time_between_two_calls_while_others_wait_is_switching() -> None:
    # From 60 to 64, with b waiting all the while.
    calls = (answered("a", 0, 0, "AVI", 60), answered("b", 10, 54, "AVI", 60))
    shifts = shifts_of(trace(*calls))
    assert shifts.switching == 4.0
    assert shifts.breaks == ()


def test_a_call_the_bank_makes_itself_leaves_no_gap() -> None:
    calls = (answered("a", 0, 0, "AVI", 60), answered("b", 50, 110, "AVI", 60))
    shifts = shifts_of(trace(*calls, work=(Work("AVI", 60, 100),)))
    assert shifts.breaks == ()


def test_services_that_overlap_by_the_recorders_error_are_counted_once() -> None:
    calls = (answered("a", 0, 0, "AVI", 500), answered("b", 60, 0, "AVI", 60))
    assert shifts_of(trace(*calls)).hours() * 3600 == pytest.approx(120)


def test_the_same_seed_gives_the_same_pauses() -> None:
    waiting = [answered(f"w{n}", 100 * n, 90, "AVI", 20.0 + 3 * n) for n in range(20)]
    quiet = [answered(f"q{n}", 5000 + 100 * n, 0, "AVI", 40) for n in range(20)]
    made = trace(*waiting, *quiet)
    assert shifts_of(made, seed=4) == shifts_of(made, seed=4)
    assert shifts_of(made, seed=4) != shifts_of(made, seed=5)
