"""By which priority customers were served, as the order shows in which agents took them."""

from collections.abc import Sequence

from ivr.replay.bank import CREDIT
from ivr.replay.standing import as_served
from ivr.replay.trace import Recorded
from tests.replay.made import answered, called_by, trace


def _passed(day: int, earlier: str, later: str, by: float = 40.0) -> list[Recorded]:
    """AVI is busy; two wait, and the later one is taken first."""
    at = 86_400.0 * day
    return [
        answered(f"busy {day}", at, 0, "AVI", 100),
        called_by(earlier, answered(f"{earlier} {day}", at + 10, 250, "AVI", 60)),
        called_by(later, answered(f"{later} {day}", at + 10 + by, 90 - by, "AVI", 60)),
    ]


def _priorities(calls: Sequence[Recorded]) -> dict[str, int | None]:
    return {call.customer: call.priority for call in calls if call.customer}


def test_a_customer_passed_over_by_their_like_again_and_again_was_of_lower_priority() -> None:
    calls = [*_passed(0, "levi", "cohen"), *_passed(1, "levi", "katz"), *_passed(2, "levi", "gal")]
    served = as_served(trace(*calls), CREDIT)
    assert _priorities(served.calls) == {"levi": 1, "cohen": 2, "katz": 2, "gal": 2}
    levi = next(call for call in served.calls if call.customer == "levi")
    assert levi.head_start == 90.0


def test_a_customer_keeps_the_recorded_priority_where_none_explains_more() -> None:
    in_order = [
        answered("busy", 0, 0, "AVI", 100),
        called_by("levi", answered("1", 10, 90, "AVI", 60)),
        called_by("cohen", answered("2", 50, 110, "AVI", 60)),
    ]
    assert _priorities(as_served(trace(*in_order), CREDIT).calls) == {"levi": 2, "cohen": 2}


def test_a_caller_nobody_knows_keeps_the_priority_of_the_call() -> None:
    calls = [*_passed(0, "", "cohen"), *_passed(1, "", "katz")]
    unknown = [call for call in as_served(trace(*calls), CREDIT).calls if call.waited == 250]
    assert [call.priority for call in unknown] == [2, 2]


def test_a_call_answered_at_once_has_no_priority_to_be_mended() -> None:
    served = as_served(trace(*_passed(0, "levi", "cohen")), CREDIT)
    at_once = next(call for call in served.calls if call.waited == 0)
    assert (at_once.priority, at_once.head_start) == (None, None)
