"""What a call needs while it waits, and who may then take it: examples."""

from routing.events import AgentArrived, AgentPaused, CallLeft, CallWaits
from routing.model import Agent, Need, Relax
from tests.routing.examples import hotline
from tests.routing.shift import offers


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
