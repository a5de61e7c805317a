"""What supervisors, limits and callbacks do to calls that wait."""

import pytest

from routing.events import (
    AgentPaused,
    CallbackAsked,
    CallbackPostponed,
    CallLeft,
    CallMoved,
    CallReordered,
    CallWaits,
    CallWithdrawn,
    IllegalEvent,
    OfferAccepted,
    OfferRefused,
    Release,
    Withdraw,
)
from routing.model import Need, Queue
from tests.routing.shift import Shift, offers

QUEUES = {
    "general": Queue("general", wrap_up=0.0),
    "vip": Queue("vip", wrap_up=0.0, head_start=60.0),
    "short": Queue("short", most=2),
    "quick": Queue("quick", longest=30.0),
}


def three_wait() -> Shift:
    shift = Shift(QUEUES)
    for call in ("c1", "c2", "c3"):
        shift.ring(call)
        shift.wait(1)
    return shift


@pytest.mark.parametrize(
    ("call", "place", "order"),
    [
        ("c3", 1, ["c3", "c1", "c2"]),
        ("c3", 2, ["c1", "c3", "c2"]),
        ("c1", 2, ["c2", "c1", "c3"]),
        ("c1", 3, ["c2", "c3", "c1"]),
        ("c1", 99, ["c2", "c3", "c1"]),
        ("c2", 2, ["c1", "c2", "c3"]),
    ],
)
def test_a_supervisor_puts_a_call_into_a_place(call: str, place: int, order: list[str]) -> None:
    shift = three_wait()
    shift.tell(CallReordered(call, place))
    assert shift.queue_order() == order
    shift.ring("c4")
    assert shift.queue_order() == [*order, "c4"]


def test_of_two_put_in_front_the_later_is_ahead() -> None:
    shift = three_wait()
    shift.tell(CallReordered("c2"))
    shift.tell(CallReordered("c3"))
    assert shift.queue_order() == ["c3", "c2", "c1"]


def test_a_call_that_rings_is_not_reordered() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.ring("c1")
    shift.ring("c2")
    shift.tell(CallReordered("c1", 2))
    assert shift.queue_order() == ["c1", "c2"]


def test_a_call_moved_to_another_queue_is_served_on_its_terms() -> None:
    shift = three_wait()
    shift.tell(CallMoved("c3", "vip"))
    assert shift.queue_order() == ["c3", "c1", "c2"]
    moved = shift.floor.call("c3")
    assert moved is not None
    assert (moved.queue.name, moved.since) == ("vip", 2.0)


def test_a_call_moved_while_it_rings_is_taken_from_the_phone() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.ring("c1")
    orders = shift.tell(CallMoved("c1", "vip", need=Need({"ja": 1})))
    assert orders == [Withdraw("c1", "ana")]
    assert shift.state("ana") == "free"


def test_a_call_cannot_be_moved_to_a_queue_that_is_not() -> None:
    shift = three_wait()
    with pytest.raises(IllegalEvent, match="there is no queue nowhere"):
        shift.tell(CallMoved("c1", "nowhere"))


def test_a_call_withdrawn_leaves_the_floor() -> None:
    shift = three_wait()
    assert shift.tell(CallWithdrawn("c1")) == [Release("c1", "general", "withdrawn")]
    assert shift.queue_order() == ["c2", "c3"]
    assert shift.tell(CallWithdrawn("c1")) == []


def test_a_call_withdrawn_while_it_rings_frees_the_agent_for_the_next() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.ring("c1")
    shift.ring("c2")
    orders = shift.tell(CallWithdrawn("c1"))
    assert orders[:2] == [Withdraw("c1", "ana"), Release("c1", "general", "withdrawn")]
    assert offers(orders) == [("c2", "ana")]


def test_a_call_too_many_is_released_at_once() -> None:
    shift = Shift(QUEUES)
    shift.ring("c1", "short")
    shift.ring("c2", "short")
    assert shift.tell(CallWaits("c3", "short")) == [Release("c3", "short", "full")]
    assert shift.queue_order() == ["c1", "c2"]


def test_a_full_queue_still_takes_a_call_that_need_not_wait() -> None:
    shift = Shift(QUEUES)
    shift.ring("c1", "short")
    shift.ring("c2", "short")
    shift.arrive("ana", ja=1)  # takes c1
    shift.arrive("yui", ja=1)  # takes c2
    shift.arrive("zoe", ja=1)
    assert offers(shift.tell(CallWaits("c3", "short"))) == [("c3", "zoe")]


def test_a_call_is_released_when_it_has_waited_long_enough() -> None:
    shift = Shift(QUEUES)
    shift.ring("c1", "quick")
    assert shift.floor.next_wake() == 30.0
    assert shift.wait(29.9) == []
    assert shift.wait(0.1) == [Release("c1", "quick", "waited")]


def test_a_phone_that_rings_is_not_cut_off_by_the_limit() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("busy")
    shift.ring("c1", "quick")
    assert shift.wait(31) == []
    shift.tell(AgentPaused("ana", "lunch"))
    assert Release("c1", "quick", "waited") in shift.tell(OfferRefused("c1", "ben", "busy"))


def test_a_call_without_limits_may_stay() -> None:
    shift = Shift(QUEUES)
    shift.tell(CallWaits("c1", "quick", limits=False))
    assert shift.wait(600) == []
    assert shift.queue_order() == ["c1"]


def test_a_callback_keeps_its_place() -> None:
    shift = three_wait()
    shift.tell(CallbackAsked("c2"))
    assert shift.queue_order() == ["c1", "c2", "c3"]
    assert shift.arrive("ana") == [("c1", "ana")]
    assert shift.talk("c1", "ana") == [("c2", "ana")]


def test_a_callback_never_overtakes_a_call_that_waits_for_its_own_agent() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ben")
    shift.ring("busy")
    shift.accept("busy", "ben")
    shift.tell(CallWaits("c1", "general", preferred="ben", patience=20.0))
    shift.ring("c2")
    shift.tell(CallbackAsked("c2"))
    assert shift.arrive("ana") == []
    assert [verdict.sentence() for verdict in shift.floor.explain("c2", shift.now)] == [
        "ana is free, but somebody ahead of this callback waits for them.",
        "ben is talking (for 0 s).",
    ]
    assert offers(shift.wait(20)) == [("c1", "ana")]


def test_a_callback_asked_for_while_a_phone_rings_takes_it_from_the_phone() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.ring("c1")
    orders = shift.tell(CallbackAsked("c1"))
    assert orders[0] == Withdraw("c1", "ana")
    assert offers(orders) == [("c1", "ana")]  # now ana is reserved for the ringing back


def test_a_callback_whose_caller_does_not_answer_is_tried_again_later_in_its_place() -> None:
    shift = three_wait()
    shift.tell(CallbackAsked("c1"))
    shift.arrive("ana")
    assert offers(shift.tell(CallbackPostponed("c1", shift.now + 60.0))) == [("c2", "ana")]
    seat = shift.floor.agent("ana")
    assert seat is not None
    assert seat.misses == 0
    shift.talk("c2", "ana", seconds=30.0)  # c3 rings
    assert shift.talk("c3", "ana", seconds=10.0) == []
    assert offers(shift.wait(20)) == [("c1", "ana")]


def test_a_callback_does_not_reach_a_limit() -> None:
    shift = Shift(QUEUES)
    shift.ring("c1", "quick")
    shift.tell(CallbackAsked("c1"))
    assert shift.wait(3600) == []


def test_a_call_with_its_caller_on_the_line_cannot_be_postponed() -> None:
    shift = three_wait()
    with pytest.raises(IllegalEvent, match="has a caller on the line"):
        shift.tell(CallbackPostponed("c1", 99.0))


def test_what_is_asked_of_a_call_that_has_gone_changes_nothing() -> None:
    shift = three_wait()
    shift.tell(CallLeft("c1"))
    for event in (
        CallReordered("c1"),
        CallMoved("c1", "vip"),
        CallbackAsked("c1"),
        CallbackPostponed("c1", 99.0),
    ):
        assert shift.tell(event) == []
    assert shift.queue_order() == ["c2", "c3"]


def test_a_call_withdrawn_as_the_phone_was_lifted_may_come_back_for_its_talk() -> None:
    shift = Shift(QUEUES)
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("c1")
    shift.tell(CallWithdrawn("c1"))
    again = shift.tell(CallWaits("c1", "general", limits=False))
    assert offers(again) == [("c1", "ana")]
    shift.tell(AgentPaused("ana", "lunch"))  # now it rings at ben
    assert shift.tell(OfferAccepted("c1", "ana")) == [Withdraw("c1", "ben")]
    assert (shift.state("ana"), shift.state("ben")) == ("talking", "free")
