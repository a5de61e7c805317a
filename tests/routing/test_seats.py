"""What agents do between calls: wrap-ups, pauses, log-ins, and phones out of reach."""

from routing.events import AgentArrived, AgentLeft, AgentPaused, AgentResumed, PhoneSeen, Withdraw
from routing.model import Agent, Queue
from tests.routing.examples import GENERAL, hotline
from tests.routing.shift import Shift, offers


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
