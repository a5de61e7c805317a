"""Who is waited for, and how long at most: one's own agent, somebody less needed, a rest."""

import pytest

from routing.events import (
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallWaits,
    Offer,
    OfferRefused,
    TalkOver,
    WrapUpExtended,
)
from routing.floor import Floor
from routing.model import Need, Queue
from routing.rest import HOUR, Occupancy
from tests.routing.shift import Shift, offers

SPARING = {"general": Queue("general", spare=5.0), "foreign": Queue("foreign", Need({"ja": 1}))}
JA = Need({"ja": 1})


def with_busy_ben() -> Shift:
    shift = Shift()
    shift.arrive("ben")
    shift.ring("busy")
    shift.accept("busy", "ben")
    shift.arrive("ana")
    return shift


def own(call: str, patience: float = 20.0) -> CallWaits:
    return CallWaits(call, "general", preferred="ben", patience=patience)


def test_a_caller_waits_for_the_own_agent_as_long_as_patience_lasts() -> None:
    shift = with_busy_ben()
    assert offers(shift.tell(own("c1"))) == []
    assert shift.floor.next_wake() == 20.0
    assert shift.floor.explain("c1", 5.0)[0].sentence() == (
        "ana is free, but the caller waits for ben for 15 s more."
    )
    assert offers(shift.wait(19)) == []
    assert offers(shift.wait(1)) == [("c1", "ana")]


def test_the_own_agent_takes_the_call_when_free_in_time() -> None:
    shift = with_busy_ben()
    shift.tell(own("c1"))
    shift.wait(5)
    shift.tell(TalkOver("busy", "ben"))
    assert offers(shift.wait(10)) == [("c1", "ben")]


@pytest.mark.parametrize("gone", [AgentLeft("ben"), AgentPaused("ben", "lunch")])
def test_nobody_waits_for_an_own_agent_who_goes(gone: AgentLeft | AgentPaused) -> None:
    shift = Shift()
    shift.arrive("ben")
    shift.ring("busy")  # rings at ben
    shift.arrive("ana")
    shift.tell(own("c1"))
    assert offers(shift.tell(gone)) == [("busy", "ana")]
    waiting = shift.floor.call("c1")
    assert waiting is not None
    assert waiting.own_until is None


def test_an_own_agent_who_declines_is_not_waited_for() -> None:
    shift = Shift()
    shift.arrive("ben")
    shift.arrive("ana")
    assert offers(shift.tell(own("c1"))) == [("c1", "ben")]
    assert offers(shift.tell(OfferRefused("c1", "ben", "declined"))) == [("c1", "ana")]


def test_who_waits_for_another_keeps_nobody_behind() -> None:
    shift = with_busy_ben()
    shift.tell(own("c1"))
    assert shift.ring("c2") == [("c2", "ana")]


def last_japanese() -> Shift:
    """Ana is free and the only one with Japanese, ben is busy; Japanese was asked for."""
    shift = Shift(SPARING)
    shift.arrive("ana", ja=3)
    shift.ring("c0", "foreign")
    shift.talk("c0", "ana")
    shift.tell(AgentResumed("ana"))
    shift.tell(AgentPaused("ana", "break"))
    shift.arrive("ben")
    shift.ring("busy")
    shift.accept("busy", "ben")
    shift.tell(AgentResumed("ana"))
    return shift


def test_the_last_whom_others_need_is_kept_for_some_seconds() -> None:
    shift = last_japanese()
    assert shift.ring("c1") == []
    assert [verdict.code for verdict in shift.floor.explain("c1", shift.now)] == ["kept", "talking"]
    assert shift.ring("c2", "foreign") == [("c2", "ana")]


def test_nobody_is_kept_beyond_the_seconds_the_queue_spares() -> None:
    shift = last_japanese()
    shift.ring("c1")
    assert offers(shift.wait(4.9)) == []
    assert offers(shift.wait(0.2)) == [("c1", "ana")]


def test_nobody_is_kept_for_what_was_not_asked_for_lately() -> None:
    shift = last_japanese()
    shift.wait(900)
    assert shift.ring("c1") == [("c1", "ana")]


def test_nobody_is_kept_while_nobody_else_is_at_work() -> None:
    shift = last_japanese()
    shift.tell(AgentLeft("ben"))
    shift.tell(TalkOver("busy", "ben"))
    assert shift.ring("c1") == [("c1", "ana")]


def test_calls_of_one_moment_get_the_agents_that_serve_most_of_them() -> None:
    """Ana has been free longest, and only she can take the second call."""
    shift = Shift({"general": Queue("general", wrap_up=10.0)})
    shift.arrive("ana", ja=3)
    shift.arrive("ben")
    for call, agent in (("b1", "ana"), ("b2", "ben")):
        shift.tell(CallWaits(call, "general", preferred=agent))
        shift.accept(call, agent)
    shift.ring("c1")
    shift.tell(CallWaits("c2", "general", need=JA))
    shift.hang_up("b1", "ana")
    shift.hang_up("b2", "ben")
    orders = shift.wait(10)
    assert sorted(offers(orders)) == [("c1", "ben"), ("c2", "ana")]


def test_an_earlier_call_gives_up_its_agent_only_for_another() -> None:
    shift = Shift({"general": Queue("general", wrap_up=10.0)})
    shift.arrive("ana", ja=3)
    shift.ring("b1")
    shift.accept("b1", "ana")
    shift.ring("c1")
    shift.tell(CallWaits("c2", "general", need=JA))
    shift.hang_up("b1", "ana")
    assert offers(shift.wait(10)) == [("c1", "ana")]


def test_an_agent_busy_for_too_much_of_the_hour_rests_while_others_work() -> None:
    shift = Shift(occupancy=0.5)
    shift.arrive("ana")
    shift.ring("c1")
    shift.talk("c1", "ana", seconds=2000.0)
    shift.wait(10)  # 2,010 s of wrap-up and talk: 210 s over half an hour
    shift.arrive("ben")
    assert shift.ring("c2") == [("c2", "ben")]
    assert shift.ring("c3") == []
    assert shift.floor.explain("c3", shift.now)[0].sentence() == (
        "ana rests while others are at work (busy for most of an hour, for 1800 s more)."
    )
    assert offers(shift.wait(1800)) == [("c3", "ana")]


def test_whoever_is_alone_does_not_rest() -> None:
    shift = Shift(occupancy=0.5)
    shift.arrive("ana")
    shift.ring("c1")
    shift.talk("c1", "ana", seconds=3000.0)
    shift.wait(10)
    assert shift.ring("c2") == [("c2", "ana")]


def test_the_hour_slides_over_old_talks() -> None:
    occupancy = Occupancy(0.5)
    occupancy.busy("ana", 0.0, 1000.0)
    occupancy.busy("ana", 1000.0, 2200.0)
    assert occupancy.share("ana", 2200.0) == pytest.approx(2200 / HOUR)
    assert occupancy.rests_until("ana", 2200.0) == 400.0 + HOUR
    assert occupancy.share("ana", 400.0 + HOUR) == pytest.approx(0.5)
    assert occupancy.rests_until("ana", 400.0 + HOUR) is None


@pytest.mark.parametrize("limit", [0.0, 1.5, -1.0])
def test_a_share_of_an_hour_is_a_share(limit: float) -> None:
    with pytest.raises(ValueError, match="share of an hour"):
        Floor({}, occupancy_limit=limit)


def test_an_agent_who_needs_longer_is_left_alone_longer() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.ring("c1")
    shift.talk("c1", "ana")
    shift.ring("c2")
    shift.tell(WrapUpExtended("ana", 20.0))
    assert shift.floor.next_wake() == 60.0 + 10.0 + 20.0
    assert offers(shift.wait(10)) == []
    assert offers(shift.wait(20)) == [("c2", "ana")]


def test_a_decision_is_the_same_whoever_comes_after_it() -> None:
    shift = Shift()
    for number in range(200):
        shift.arrive(f"agent{number}")
    (order,) = shift.tell(CallWaits("c1", "general"))
    assert isinstance(order, Offer)
    for number in range(150):
        shift.tell(AgentLeft(f"agent{number}"))
    assert len(order.decision.seats) == 200
    assert [seat.name for seat in shift.floor.agents()] == [f"agent{n}" for n in range(150, 200)]
