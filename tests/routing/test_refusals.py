"""What an offer not taken costs: the caller a ring, the agent a place, nobody the call."""

from dataclasses import replace
from typing import get_args

import pytest

from routing.agent_events import MISSED
from routing.events import (
    AgentPaused,
    AgentResumed,
    CallLeft,
    CallWaits,
    OfferRefused,
    PhoneSeen,
    QueuesChanged,
    SetAside,
)
from routing.floor import Floor
from routing.model import Need, Queue, Relax
from routing.rest import CoolDowns, Missed
from tests.routing.shift import GENERAL, Shift, offers


def test_a_missed_call_is_offered_to_another_agent_at_once() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.arrive("ben")
    assert shift.ring("c1") == [("c1", "ana")]
    assert offers(shift.refuse("c1", "ana")) == [("c1", "ben")]


def test_a_missed_call_keeps_its_place() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.ring("c1")
    shift.wait(20)
    shift.ring("c2")
    shift.arrive("ben")  # takes c2
    shift.refuse("c1", "ana")
    assert shift.queue_order() == ["c1", "c2"]


@pytest.mark.parametrize("cause", get_args(Missed))
def test_an_agent_who_missed_a_call_rests_for_a_little_while_others_work(cause: Missed) -> None:
    seconds = CoolDowns().after(cause)
    shift = Shift()
    shift.arrive("ana")
    shift.ring("c1")
    shift.ring("c2")
    shift.arrive("ben")  # takes c2
    shift.ring("c3")
    assert offers(shift.tell(OfferRefused("c1", "ana", cause))) == []
    assert shift.queue_order() == ["c1", "c2", "c3"]  # c1 waits for ben
    assert shift.floor.explain("c3", shift.now)[0].sentence() == (
        f"ana rests while others are at work (a call was just missed, for {seconds:.0f} s more)."
    )
    assert shift.floor.next_wake() == seconds
    assert offers(shift.wait(seconds)) == [("c3", "ana")]


def test_who_misses_a_call_rests_as_long_as_the_queue_of_that_call_says() -> None:
    cool_downs = CoolDowns(no_answer=0, declined=90)
    shift = Shift({"general": replace(GENERAL, cool_downs=cool_downs)}, misses=3)
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("c1")
    assert offers(shift.tell(OfferRefused("c1", "ana", "no_answer"))) == [("c1", "ben")]
    assert shift.ring("c2") == [("c2", "ana")]
    shift.tell(OfferRefused("c2", "ana", "declined"))
    assert shift.floor.next_wake() == 90
    assert shift.ring("c3") == []


def test_new_cool_downs_are_those_of_the_next_calls() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("c1")
    longer = replace(GENERAL, cool_downs=CoolDowns(no_answer=120))
    shift.tell(QueuesChanged({"general": longer}))
    shift.ring("c2")
    shift.refuse("c1", "ana")
    shift.refuse("c2", "ben")
    assert [seat.rests_until for seat in shift.floor.agents()] == [30, 120]


def test_nobody_can_rest_for_less_than_no_time() -> None:
    with pytest.raises(ValueError, match="less than no time"):
        CoolDowns(busy=-1)


def test_an_agent_who_rests_takes_what_nobody_else_at_work_could() -> None:
    shift = Shift()
    shift.arrive("ana", ja=3)
    shift.ring("c1")
    shift.arrive("ben")
    shift.ring("c2")  # rings at ben
    shift.refuse("c1", "ana")
    assert offers(shift.tell(CallWaits("c3", "general", need=Need({"ja": 1})))) == [("c3", "ana")]


def test_an_agent_who_missed_a_call_goes_last_among_the_free() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.wait(1)
    shift.arrive("ben")
    shift.arrive("cid")
    shift.ring("c1")
    shift.wait(20)
    shift.refuse("c1", "ana")  # c1 rings at ben
    assert shift.ring("c2") == [("c2", "cid")]


def test_two_misses_in_a_row_set_the_agent_aside() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("c1")
    shift.refuse("c1", "ana")
    shift.wait(30)
    shift.ring("c2")
    orders = shift.refuse("c2", "ana")
    assert SetAside("ana", "no_answer", 2) in orders
    seat = shift.floor.agent("ana")
    assert seat is not None
    assert (seat.state, seat.pause) == ("paused", MISSED)


def test_an_agent_set_aside_starts_afresh_by_resuming() -> None:
    shift = Shift(misses=1)
    shift.arrive("ana")
    shift.ring("c1")
    assert shift.refuse("c1", "ana") == [SetAside("ana", "no_answer", 1)]
    assert offers(shift.tell(AgentResumed("ana"))) == [("c1", "ana")]
    seat = shift.floor.agent("ana")
    assert seat is not None
    assert seat.misses == 0


def test_a_call_taken_between_two_misses_clears_the_first() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("c1")
    shift.refuse("c1", "ana")
    shift.ring("c2")
    shift.talk("c2", "ana")
    shift.wait(10)
    assert shift.ring("c3") == [("c3", "ana")]
    assert not any(isinstance(order, SetAside) for order in shift.refuse("c3", "ana"))


def test_a_call_missed_by_its_only_agent_is_offered_to_that_agent_again() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.ring("c1")
    assert offers(shift.refuse("c1", "ana")) == [("c1", "ana")]


def test_a_call_missed_by_everybody_goes_round_again() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("c1")
    shift.wait(20)
    shift.refuse("c1", "ana")
    shift.wait(20)
    assert offers(shift.refuse("c1", "ben")) == [("c1", "ana")]


def test_a_call_does_not_wait_for_agents_on_pause_when_one_who_missed_it_is_free() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("c1")
    shift.ring("c2")
    shift.accept("c2", "ben")
    assert offers(shift.refuse("c1", "ana")) == []  # ben will be done with c2
    assert offers(shift.tell(AgentPaused("ben", "lunch"))) == [("c1", "ana")]


def test_a_call_does_not_wait_for_a_phone_out_of_reach_when_one_who_missed_it_is_free() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.arrive("ben")
    shift.tell(PhoneSeen("ben", reachable=False))
    shift.ring("c1")
    assert offers(shift.refuse("c1", "ana")) == [("c1", "ana")]


def test_a_call_missed_by_its_expert_waits_for_those_who_may_take_it_later() -> None:
    queue = Queue("senior", need=Need({"care": 3}), relax=(Relax(30.0, Need()),))
    shift = Shift({"senior": queue})
    shift.arrive("carl", care=3)
    shift.arrive("ana")
    shift.ring("c1", "senior")
    shift.wait(20)
    assert offers(shift.refuse("c1", "carl")) == []
    assert offers(shift.wait(10)) == [("c1", "ana")]


def test_a_refusal_that_crosses_the_callers_hanging_up_is_no_miss() -> None:
    shift = Shift(misses=1)
    shift.arrive("ana")
    shift.ring("c1")
    shift.tell(CallLeft("c1"))
    assert shift.refuse("c1", "ana") == []
    assert shift.state("ana") == "free"


def test_a_refusal_that_crosses_the_agents_next_offer_leaves_it_ringing() -> None:
    shift = Shift(misses=1)
    shift.arrive("ana")
    shift.ring("c1")
    shift.tell(AgentPaused("ana", "lunch"))
    shift.tell(CallWaits("c2", "general", head_start=60.0))
    assert offers(shift.tell(AgentResumed("ana"))) == [("c2", "ana")]
    assert shift.refuse("c1", "ana") == []
    assert shift.state("ana") == "ringing"


def test_a_floor_that_sets_aside_after_no_miss_at_all_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="one missed call"):
        Floor({}, misses_before_set_aside=0)
