"""What happens while something else does: callers hang up, and answers cross offers."""

from routing.events import (
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallLeft,
    CallWaits,
    OfferAccepted,
    Withdraw,
)
from tests.routing.examples import GENERAL, hotline
from tests.routing.shift import offers


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
