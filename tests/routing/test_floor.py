"""Who takes the call: examples of a floor at work."""

import pytest

from routing.events import AgentLeft, AgentPaused, CallWaits, IllegalEvent, QueuesChanged, TalkOver
from routing.model import Need, Queue
from tests.routing.examples import GENERAL, hotline
from tests.routing.shift import Shift, offers


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
