"""What agents serve, and when, as far as a trace shows it."""

from dataclasses import replace

from ivr.replay.duties import Steps, at, duties_of, passed_over, services_of
from ivr.replay.trace import Recorded
from ivr.replay.waits import Waits
from tests.replay.made import answered, gone, trace

BOTH = frozenset({"PS", "NW"})


def duties(*calls: Recorded) -> Steps:
    made = trace(*calls)
    return duties_of(services_of(made), passed_over(made.calls, Waits(made.calls)))["AVI"]


def ahead(call: Recorded, by: float = 0.0) -> Recorded:
    """The same, of a recorder whose order is known."""
    return replace(call, head_start=by)


def test_an_agent_serves_a_kind_on_the_days_that_show_it() -> None:
    steps = duties(
        answered("a", 0, 0, "AVI", 60),
        answered("b", 100, 0, "AVI", 60, kind="NW"),
        answered("c", 90_000, 0, "AVI", 60),
    )
    assert at(steps, 30.0) == BOTH
    assert at(steps, 90_030.0) == frozenset({"PS"})


def test_an_agent_who_passes_over_a_kind_again_and_again_does_not_serve_it_meanwhile() -> None:
    steps = duties(
        answered("a", 0, 0, "AVI", 60, kind="NW"),
        ahead(gone("left waiting", 100, 700, kind="NW")),
        ahead(answered("b", 150, 50, "AVI", 60)),  # came later, taken first
        ahead(answered("c", 350, 50, "AVI", 60)),  # and again
        answered("d", 1000, 0, "AVI", 60, kind="NW"),
    )
    assert at(steps, 100.0) == BOTH
    assert at(steps, 200.0) == at(steps, 300.0) == at(steps, 400.0) == frozenset({"PS"})
    assert at(steps, 1030.0) == BOTH


def test_a_caller_whose_head_start_is_greater_passes_nobody_over() -> None:
    steps = duties(
        answered("a", 0, 0, "AVI", 60, kind="NW"),
        ahead(gone("left waiting", 100, 400, kind="NW")),
        ahead(answered("b", 150, 50, "AVI", 60), by=90.0),
        answered("c", 1000, 0, "AVI", 60, kind="NW"),
    )
    assert at(steps, 200.0) == BOTH


def test_an_agent_who_takes_a_caller_at_once_had_no_use_for_one_who_waited() -> None:
    steps = duties(
        answered("a", 0, 0, "AVI", 60, kind="NW"),
        ahead(gone("left waiting", 100, 400, kind="NW")),
        answered("b", 200, 0, "AVI", 60),
        answered("c", 1000, 0, "AVI", 60, kind="NW"),
    )
    assert "NW" not in at(steps, 200.0)


def test_where_nobody_knows_the_order_nothing_is_read_from_it() -> None:
    steps = duties(
        answered("a", 0, 0, "AVI", 60, kind="NW"),
        gone("left waiting", 100, 400, kind="NW"),
        answered("b", 150, 50, "AVI", 60),
        answered("c", 1000, 0, "AVI", 60, kind="NW"),
    )
    assert at(steps, 200.0) == BOTH
