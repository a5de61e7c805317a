"""Who takes the call: examples of a floor at work."""

import pytest

from routing.events import (
    AgentArrived,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallLeft,
    CallWaits,
    IllegalEvent,
    OfferAccepted,
    PhoneSeen,
    QueuesChanged,
    TalkOver,
    Withdraw,
)
from routing.model import Agent, Need, Queue, Relax
from tests.routing.shift import Shift, offers

SENIOR = Queue(
    "senior",
    need=Need({"care": 3}),
    relax=(Relax(20.0, Need({"care": 1})), Relax(45.0, Need())),
    head_start=600.0,
)
FOREIGN = Queue("foreign", need=Need({"ja": 2}))
GENERAL = Queue("general")


def hotline() -> Shift:
    return Shift({"senior": SENIOR, "foreign": FOREIGN, "general": GENERAL})


def test_a_call_is_offered_to_a_free_agent_at_once() -> None:
    shift = hotline()
    shift.arrive("ana")
    assert shift.ring("c1") == [("c1", "ana")]


def test_a_call_waits_until_an_agent_logs_in() -> None:
    shift = hotline()
    assert shift.ring("c1") == []
    assert shift.arrive("ana") == [("c1", "ana")]


def test_the_longest_idle_agent_is_offered_the_call() -> None:
    shift = hotline()
    shift.arrive("zoe")
    shift.wait(5)
    shift.arrive("ana")
    assert shift.ring("c1") == [("c1", "zoe")]


def test_among_agents_idle_as_long_the_name_decides() -> None:
    shift = hotline()
    shift.arrive("zoe")
    shift.arrive("ana")
    assert shift.ring("c1") == [("c1", "ana")]


def test_an_agent_who_has_talked_goes_behind_those_who_have_not() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.talk("c1", "ana")
    shift.arrive("ben")
    shift.wait(GENERAL.wrap_up)
    assert shift.ring("c2") == [("c2", "ben")]


def test_the_callers_own_agent_comes_before_one_idle_longer() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.wait(5)
    shift.arrive("ben")
    assert offers(shift.tell(CallWaits("c1", "general", preferred="ben"))) == [("c1", "ben")]


def test_a_caller_does_not_wait_for_an_own_agent_who_is_busy() -> None:
    shift = hotline()
    shift.arrive("ben")
    shift.ring("c1")
    shift.arrive("ana")
    assert offers(shift.tell(CallWaits("c2", "general", preferred="ben"))) == [("c2", "ana")]


def test_a_callers_own_agent_who_lacks_the_skill_is_not_asked() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.arrive("ben", ja=5)
    assert offers(shift.tell(CallWaits("c1", "foreign", preferred="ana"))) == [("c1", "ben")]


def test_the_longest_waiting_call_is_served_first() -> None:
    shift = hotline()
    shift.ring("c1")
    shift.wait(1)
    shift.ring("c2")
    assert shift.arrive("ana") == [("c1", "ana")]


def test_a_head_start_counts_as_time_already_waited() -> None:
    shift = hotline()
    shift.ring("patient")
    shift.wait(599)
    shift.tell(CallWaits("elder", "senior", need=Need()))
    assert shift.queue_order() == ["elder", "patient"]


def test_a_call_that_waited_longer_than_the_head_start_keeps_its_place() -> None:
    shift = hotline()
    shift.ring("patient")
    shift.wait(601)
    shift.tell(CallWaits("elder", "senior", need=Need()))
    assert shift.queue_order() == ["patient", "elder"]
    assert shift.arrive("ana") == [("patient", "ana")]


def test_a_calls_own_head_start_is_added_to_that_of_its_queue() -> None:
    shift = hotline()
    shift.tell(CallWaits("c1", "senior", head_start=5.0))
    waiting = shift.floor.call("c1")
    assert waiting is not None
    assert waiting.head_start == 605.0


def test_a_call_that_comes_back_keeps_the_time_it_has_waited() -> None:
    shift = hotline()
    shift.wait(100)
    shift.ring("c1")
    shift.tell(CallWaits("c2", "senior", head_start=-600.0, since=50.0))
    assert shift.queue_order() == ["c2", "c1"]
    assert shift.arrive("ana") == [("c2", "ana")]  # and asks for anybody by now


def test_nobody_waits_behind_a_call_that_cannot_be_served() -> None:
    shift = hotline()
    shift.ring("c1", "foreign")
    shift.wait(100)
    shift.ring("c2")
    assert shift.arrive("ana") == [("c2", "ana")]
    assert shift.arrive("yui", ja=5) == [("c1", "yui")]


def test_a_level_below_the_need_is_not_enough() -> None:
    shift = hotline()
    shift.ring("c1", "foreign")
    assert shift.arrive("ben", ja=1) == []
    assert shift.arrive("yui", ja=2) == [("c1", "yui")]


def test_a_need_relaxes_stage_by_stage() -> None:
    shift = hotline()
    shift.tell(AgentArrived(Agent("expert", {"care": 3}), paused="briefing"))
    shift.arrive("ana")
    shift.arrive("ben", care=1)
    shift.ring("c1", "senior")
    shift.ring("c2", "senior")
    assert shift.floor.next_wake() == 20.0
    shift.now = 19.9
    assert offers(shift.wait(0)) == []
    assert offers(shift.wait(0.1)) == [("c1", "ben")]
    assert shift.floor.next_wake() == 45.0
    assert offers(shift.wait(25)) == [("c2", "ana")]
    assert shift.floor.next_wake() is None


def test_a_need_relaxes_by_real_waiting_not_by_head_start() -> None:
    shift = hotline()
    shift.tell(AgentArrived(Agent("expert", {"care": 3}), paused="briefing"))
    shift.arrive("ana")
    assert shift.ring("c1", "senior") == []  # 600 s of head start, 0 s waited


def test_a_call_that_left_and_came_again_relaxes_by_its_new_waiting() -> None:
    shift = hotline()
    shift.ring("c1", "senior")
    shift.wait(10)
    shift.tell(CallLeft("c1"))
    shift.ring("c1", "senior")
    assert shift.floor.next_wake() == 30.0


def test_a_call_with_its_own_need_does_not_relax_as_its_queue_does() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.tell(CallWaits("c1", "senior", need=Need({"ja": 1})))
    assert shift.floor.next_wake() is None
    assert offers(shift.wait(3600)) == []


def test_a_call_may_bring_its_own_stages() -> None:
    shift = hotline()
    shift.tell(AgentArrived(Agent("yui", {"ja": 2}), paused="briefing"))
    shift.arrive("ana")
    shift.tell(CallWaits("c1", "foreign", relax=(Relax(7.0, Need()),)))
    assert offers(shift.wait(7)) == [("c1", "ana")]


def test_a_need_that_relaxes_while_ringing_stays_relaxed() -> None:
    shift = hotline()
    shift.arrive("carl", care=3)
    shift.ring("c1", "senior")
    shift.wait(20)
    shift.arrive("ben", care=1)
    assert offers(shift.refuse("c1", "carl")) == [("c1", "ben")]


def test_a_call_back_in_its_place_while_ringing_still_relaxes_later() -> None:
    shift = hotline()
    shift.arrive("carl", care=3)
    shift.arrive("ana")
    shift.ring("c1", "senior")
    shift.tell(AgentPaused("carl", "lunch"))
    shift.wait(20)
    assert shift.floor.next_wake() == 45.0
    assert offers(shift.wait(25)) == [("c1", "ana")]


def test_a_caller_who_hangs_up_while_waiting_is_forgotten() -> None:
    shift = hotline()
    shift.ring("c1")
    shift.tell(CallLeft("c1"))
    assert shift.floor.waiting() == ()
    assert shift.arrive("ana") == []


def test_nothing_is_due_for_a_caller_who_has_gone() -> None:
    shift = hotline()
    shift.ring("c1", "senior")
    shift.tell(CallLeft("c1"))
    assert shift.floor.next_wake() is None


def test_a_caller_who_hangs_up_while_ringing_frees_the_agent_for_the_next() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.ring("c2")
    assert shift.tell(CallLeft("c1")) != []
    assert shift.state("ana") == "ringing"
    assert shift.queue_order() == ["c2"]


def test_a_caller_who_hangs_up_while_ringing_costs_the_agent_no_place() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.wait(5)
    shift.arrive("ben")
    shift.ring("c1")
    shift.wait(5)
    shift.tell(CallLeft("c1"))
    assert shift.ring("c2") == [("c2", "ana")]


def test_after_the_talk_comes_the_wrap_up_and_then_the_next_call() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.ring("c2")
    assert shift.talk("c1", "ana") == []
    assert shift.state("ana") == "wrap_up"
    assert shift.floor.next_wake() == 60.0 + GENERAL.wrap_up
    assert offers(shift.wait(GENERAL.wrap_up)) == [("c2", "ana")]


def test_a_wrap_up_seen_late_ended_when_it_was_due() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.talk("c1", "ana")
    shift.now += GENERAL.wrap_up + 5.0
    shift.arrive("aaron")
    assert shift.ring("c2") == [("c2", "ana")]


def test_an_agent_ends_the_wrap_up_early_by_resuming() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.ring("c2")
    shift.talk("c1", "ana")
    assert offers(shift.tell(AgentResumed("ana"))) == [("c2", "ana")]
    assert shift.floor.next_wake() is None


def test_a_queue_without_wrap_up_frees_the_agent_at_once() -> None:
    shift = Shift({"general": Queue("general", wrap_up=0.0)})
    shift.arrive("ana")
    shift.ring("c1")
    shift.ring("c2")
    assert shift.talk("c1", "ana") == [("c2", "ana")]


def test_a_pause_wished_during_the_talk_begins_after_it() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.accept("c1", "ana")
    shift.tell(AgentPaused("ana", "lunch"))
    assert shift.state("ana") == "talking"
    shift.hang_up("c1", "ana")
    seat = shift.floor.agent("ana")
    assert seat is not None
    assert (seat.state, seat.pause) == ("paused", "lunch")
    assert shift.ring("c2") == []
    assert offers(shift.tell(AgentResumed("ana"))) == [("c2", "ana")]


def test_a_pause_taken_back_during_the_talk_never_begins() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.accept("c1", "ana")
    shift.tell(AgentPaused("ana", "lunch"))
    shift.tell(AgentResumed("ana"))
    shift.hang_up("c1", "ana")
    assert shift.state("ana") == "wrap_up"


def test_a_pause_while_ringing_sends_the_call_on() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.arrive("ben")
    orders = shift.tell(AgentPaused("ana", "lunch"))
    assert orders[0] == Withdraw("c1", "ana")
    assert offers(orders) == [("c1", "ben")]


def test_an_agent_who_logs_out_while_ringing_sends_the_call_on() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.arrive("ben")
    orders = shift.tell(AgentLeft("ana"))
    assert orders[0] == Withdraw("c1", "ana")
    assert offers(orders) == [("c1", "ben")]
    assert shift.state("ana") == "away"


def test_an_agent_who_logs_out_while_talking_leaves_after_the_talk() -> None:
    shift = hotline()
    shift.arrive("ana", ja=3)
    shift.ring("c1")
    shift.accept("c1", "ana")
    shift.tell(AgentLeft("ana"))
    assert not shift.floor.staffed("ja")
    shift.hang_up("c1", "ana")
    assert shift.state("ana") == "away"


def test_an_agent_who_logs_out_and_in_during_a_talk_stays() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.accept("c1", "ana")
    shift.tell(AgentLeft("ana"))
    shift.arrive("ana")
    assert shift.state("ana") == "talking"
    shift.hang_up("c1", "ana")
    assert shift.state("ana") == "wrap_up"


def test_an_agent_may_log_in_paused() -> None:
    shift = hotline()
    shift.ring("c1")
    assert shift.tell(AgentArrived(Agent("ana"), paused="briefing")) == []
    assert offers(shift.tell(AgentResumed("ana"))) == [("c1", "ana")]


def test_a_skill_learned_today_serves_a_call_that_waits() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1", "foreign")
    assert shift.arrive("ana", ja=2) == [("c1", "ana")]


def test_a_skill_taken_away_is_not_used_again() -> None:
    shift = hotline()
    shift.arrive("ana", ja=2)
    shift.ring("c1", "foreign")
    shift.talk("c1", "ana")
    shift.arrive("ana")
    shift.wait(60)
    assert shift.ring("c2", "foreign") == []
    assert shift.ring("c3") == [("c3", "ana")]


def test_a_phone_out_of_reach_is_not_rung() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.tell(PhoneSeen("ana", reachable=False))
    assert shift.ring("c1") == []
    assert offers(shift.tell(PhoneSeen("ana", reachable=True))) == [("c1", "ana")]


def test_a_phone_back_in_reach_goes_last_among_the_free() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.tell(PhoneSeen("ana", reachable=False))
    shift.wait(5)
    shift.arrive("ben")
    shift.wait(5)
    shift.tell(PhoneSeen("ana", reachable=True))
    assert shift.ring("c1") == [("c1", "ben")]


def test_a_phone_known_to_be_out_of_reach_before_its_agent_logs_in_is_not_rung() -> None:
    shift = hotline()
    shift.tell(PhoneSeen("ana", reachable=False))
    shift.ring("c1")
    assert shift.arrive("ana") == []


def test_a_phone_that_disappears_while_ringing_sends_the_call_on() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.arrive("ben")
    orders = shift.tell(PhoneSeen("ana", reachable=False))
    assert orders[0] == Withdraw("c1", "ana")
    assert offers(orders) == [("c1", "ben")]


def test_an_answer_that_crosses_a_withdrawal_is_believed() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.arrive("ben")
    shift.ring("c2")  # rings at ben
    shift.tell(AgentPaused("ana", "lunch"))  # c1 waits again
    shift.tell(AgentResumed("ana"))  # and rings at ana again
    shift.tell(AgentPaused("ana", "lunch"))
    shift.accept("c2", "ben")
    shift.tell(OfferAccepted("c1", "ana"))  # lifted just before the second pause
    assert shift.state("ana") == "talking"
    assert shift.floor.waiting() == ()


def test_an_answer_that_crosses_a_new_offer_takes_the_call_from_the_other_phone() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.arrive("ben")
    shift.tell(AgentPaused("ana", "lunch"))  # c1 rings at ben
    assert shift.tell(OfferAccepted("c1", "ana")) == [Withdraw("c1", "ben")]
    assert (shift.state("ana"), shift.state("ben")) == ("talking", "free")


def test_an_answer_that_crosses_the_agents_next_offer_sends_that_one_on() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.tell(AgentPaused("ana", "lunch"))
    shift.tell(CallWaits("c2", "general", head_start=60.0))
    shift.tell(AgentResumed("ana"))  # c2 rings at ana
    assert shift.tell(OfferAccepted("c1", "ana")) == [Withdraw("c2", "ana")]
    assert shift.queue_order() == ["c2"]


def test_an_answer_after_the_agent_logged_out_ends_the_waiting() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.tell(AgentLeft("ana"))
    assert shift.accept("c1", "ana") == []
    assert shift.floor.waiting() == ()
    assert shift.hang_up("c1", "ana") == []


def test_an_answer_to_a_caller_who_just_hung_up_changes_nothing() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.tell(CallLeft("c1"))
    assert shift.accept("c1", "ana") == []
    assert shift.state("ana") == "free"


def test_a_caller_who_hangs_up_while_talking_is_known_by_the_end_of_the_talk() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.accept("c1", "ana")
    shift.tell(CallLeft("c1"))
    assert shift.state("ana") == "talking"


def test_a_call_may_wait_again_after_its_talk() -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.talk("c1", "ana")
    shift.ring("c1")
    assert offers(shift.wait(GENERAL.wrap_up)) == [("c1", "ana")]


def test_a_skill_is_staffed_while_somebody_who_has_it_is_logged_in() -> None:
    shift = hotline()
    shift.arrive("yui", ja=1)
    shift.tell(AgentPaused("yui", "lunch"))
    assert shift.floor.staffed("ja")
    assert shift.floor.can_ever_serve(Need())
    assert not shift.floor.can_ever_serve(Need({"ja": 2}))
    shift.tell(AgentLeft("yui"))
    assert not shift.floor.staffed("ja")


def test_edited_queues_hold_for_the_next_call() -> None:
    shift = Shift({"general": Queue("general", ring=20.0)})
    shift.arrive("ana")
    shift.arrive("ben")
    shift.ring("c1")
    edited = {"general": Queue("general", ring=30.0), "vip": Queue("vip")}
    shift.tell(QueuesChanged(edited))
    order = shift.tell(CallWaits("c2", "general"))[0]
    assert getattr(order, "ring", None) == 30.0
    shift.ring("c3", "vip")
    assert shift.queue_order() == ["c1", "c2", "c3"]


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (CallWaits("c1", "general"), "waits already"),
        (CallWaits("c2", "general"), "is talking to ben"),
        (CallWaits("c3", "nowhere"), "there is no queue nowhere"),
        (CallWaits("c3", "general", since=1.0), "would wait since 1"),
        (TalkOver("c1", "ana"), "ana is ringing"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    event: CallWaits | TalkOver, sentence: str
) -> None:
    shift = hotline()
    shift.arrive("ana")
    shift.ring("c1")
    shift.arrive("ben")
    shift.ring("c2")
    shift.accept("c2", "ben")
    before = (shift.floor.waiting(), shift.floor.agents())
    with pytest.raises(IllegalEvent, match=sentence):
        shift.tell(event)
    assert (shift.floor.waiting(), shift.floor.agents()) == before


def test_time_that_runs_backwards_is_refused() -> None:
    shift = hotline()
    shift.wait(10)
    with pytest.raises(IllegalEvent, match="runs backwards, from 10 to 9"):
        shift.wait(-1)
