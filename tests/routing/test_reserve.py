"""Agents kept free for callers yet to come: from whom, from how many, and for how long."""

import pytest

from routing.events import (
    AgentPaused,
    CallReordered,
    CallWaits,
    Offer,
    OfferRefused,
    QueuesChanged,
    TalkOver,
)
from routing.model import ANYBODY, Need, Queue, Relax, Reserve
from tests.routing.shift import Shift, offers

AHEAD = 300.0
CARE = Need({"care": 3})


def keeping(free: int = 1, need: Need = ANYBODY, *, relax: tuple[Relax, ...] = ()) -> Shift:
    reserve = Reserve(free, need, relax, AHEAD)
    return Shift(
        {
            "general": Queue("general", wrap_up=0.0),
            "senior": Queue("senior", need, relax, AHEAD, wrap_up=0.0, reserve=reserve),
        }
    )


def of_two_one_is_busy() -> Shift:
    shift = keeping()
    shift.arrive("ana")
    shift.arrive("ben")
    assert shift.ring("c1") == [("c1", "ana")]
    shift.accept("c1", "ana")
    return shift


def test_the_last_free_agent_is_kept_and_given_to_the_next_caller_at_once() -> None:
    shift = of_two_one_is_busy()
    assert shift.ring("c2") == []
    assert shift.ring("s1", "senior") == [("s1", "ben")]


def test_who_frees_next_fills_the_reserve_and_the_one_after_serves_the_others() -> None:
    shift = of_two_one_is_busy()
    shift.ring("c2")
    shift.ring("s1", "senior")
    shift.accept("s1", "ben")
    shift.wait(30)
    assert shift.hang_up("c1", "ana") == []
    assert shift.hang_up("s1", "ben") == [("c2", "ana")]


def test_a_caller_who_waits_for_the_keeping_queue_is_served_before_anybody_is_kept() -> None:
    shift = of_two_one_is_busy()
    shift.ring("s1", "senior")
    shift.accept("s1", "ben")
    shift.ring("c2")
    shift.ring("s2", "senior")
    assert shift.hang_up("c1", "ana") == [("s2", "ana")]


def test_whoever_is_alone_at_work_is_kept_from_nobody() -> None:
    shift = of_two_one_is_busy()
    assert shift.ring("c2") == []
    assert offers(shift.tell(AgentPaused("ana", "lunch"))) == [("c2", "ben")]


def test_one_works_for_everybody_however_many_are_to_be_kept() -> None:
    shift = keeping(free=9)
    for name in ("ana", "ben", "cid"):
        shift.arrive(name)
    assert shift.ring("c1") == [("c1", "ana")]
    assert shift.ring("c2") == []
    assert shift.ring("s1", "senior") == [("s1", "ben")]
    assert shift.ring("s2", "senior") == [("s2", "cid")]


def test_a_call_that_a_new_caller_would_not_be_ahead_of_is_kept_waiting_no_longer() -> None:
    shift = of_two_one_is_busy()
    shift.ring("c2")
    assert shift.floor.next_wake() == AHEAD
    assert offers(shift.wait(AHEAD - 0.1)) == []
    assert offers(shift.wait(0.1)) == [("c2", "ben")]


def test_a_call_of_as_great_a_head_start_is_never_kept_waiting() -> None:
    shift = of_two_one_is_busy()
    assert offers(shift.tell(CallWaits("c2", "general", head_start=AHEAD))) == [("c2", "ben")]


def test_time_waited_before_counts_against_the_reserve() -> None:
    shift = of_two_one_is_busy()
    shift.now = 500.0
    assert offers(shift.tell(CallWaits("c2", "general", since=500.0 - AHEAD))) == [("c2", "ben")]


def test_a_call_put_to_the_front_by_a_supervisor_stands_as_high_as_those_it_passed() -> None:
    shift = of_two_one_is_busy()
    shift.ring("s1", "senior")
    shift.accept("s1", "ben")
    shift.ring("s2", "senior")
    shift.ring("c2")
    shift.tell(CallReordered("c2", 1))
    assert [call for call, _ in shift.arrive("cid") + shift.arrive("dora")] == ["c2", "s2"]


def test_only_agents_who_could_serve_the_next_caller_are_counted_and_kept() -> None:
    shift = keeping(need=CARE)
    shift.arrive("ana", care=3)
    shift.arrive("ben", care=5)
    shift.arrive("cid", care=2)
    assert shift.ring("c1") == [("c1", "ana")]
    assert shift.ring("c2") == [("c2", "cid")]
    assert shift.ring("c3") == []
    assert shift.arrive("dora") == [("c3", "dora")]


def test_a_stage_that_nobody_logged_in_could_serve_is_skipped_as_for_the_callers() -> None:
    shift = keeping(need=CARE, relax=(Relax(20.0, Need({"care": 1})),))
    shift.arrive("ana", care=1)
    shift.arrive("ben", care=1)
    shift.ring("c1")
    assert shift.ring("c2") == []
    assert shift.ring("s1", "senior") == [("s1", "ben")]


def test_who_rests_is_not_counted() -> None:
    shift = keeping()
    for name in ("ana", "ben", "cid"):
        shift.arrive(name)
    shift.ring("c1")
    shift.tell(OfferRefused("c1", "ana", "no_answer"))  # and ana rests
    shift.accept("c1", "ben")
    assert shift.ring("c2") == []
    # Once ana has rested there is one to give and one to keep.
    assert offers(shift.wait(29)) == []
    assert [call for call, _ in offers(shift.wait(1))] == ["c2"]


def test_ones_own_agent_is_kept_as_well() -> None:
    shift = of_two_one_is_busy()
    own = CallWaits("c2", "general", preferred="ben", patience=20.0)
    assert offers(shift.tell(own)) == []
    assert shift.ring("s1", "senior") == [("s1", "ben")]


def test_two_queues_each_have_their_own_kept() -> None:
    shift = Shift(
        {
            "general": Queue("general", wrap_up=0.0),
            **{
                name: Queue(
                    name, need, (), 60.0, wrap_up=0.0, reserve=Reserve(1, need, head_start=60.0)
                )
                for name, need in (("senior", CARE), ("foreign", Need({"ja": 1})))
            },
        }
    )
    shift.arrive("ana", care=3)
    shift.arrive("ben", ja=1)
    shift.arrive("cid", care=3, ja=1)
    assert shift.ring("c1") == [("c1", "ana")]
    assert shift.ring("c2") == [("c2", "ben")]
    assert shift.ring("c3") == []  # cid is the last with either skill
    assert shift.ring("s1", "senior") == [("s1", "cid")]


def test_nobody_is_taken_from_the_reserve_so_that_another_call_can_be_served() -> None:
    """Ana, who alone has Japanese, rings for an elderly caller whom the kept agent could take."""
    shift = keeping()
    shift.arrive("ana", ja=1)
    shift.arrive("ben")
    shift.arrive("cid")
    for call, agent in (("b1", "ana"), ("b2", "ben"), ("b3", "cid")):
        shift.tell(CallWaits(call, "senior", preferred=agent))
        shift.accept(call, agent)
    shift.ring("s1", "senior")
    shift.tell(CallWaits("c1", "general", need=Need({"ja": 1})))
    shift.tell(AgentPaused("cid", "busy elsewhere"))
    assert shift.hang_up("b1", "ana") == [("s1", "ana")]
    assert shift.hang_up("b2", "ben") == []
    waiting = shift.floor.call("c1")
    assert waiting is not None
    assert waiting.offered_to is None


def test_an_agent_given_back_by_a_call_of_higher_standing_is_kept_again() -> None:
    """Ana, who has both skills, could be spared by the first call of the moment, but not kept."""
    shift = Shift(
        {
            "general": Queue("general", wrap_up=10.0),
            "senior": Queue("senior", CARE, (), AHEAD, reserve=Reserve(1, CARE, (), AHEAD)),
        }
    )
    shift.arrive("ana", care=3, ja=1)
    shift.arrive("ben")
    shift.arrive("cid", care=3)
    for call, agent in (("b1", "ana"), ("b2", "ben"), ("b3", "cid")):
        shift.tell(CallWaits(call, "general", preferred=agent, head_start=AHEAD))
        shift.accept(call, agent)
    better = Need(prefer={"ja": 1})
    shift.tell(CallWaits("s1", "general", need=better, head_start=AHEAD))
    shift.tell(CallWaits("c1", "general", need=Need({"ja": 1})))
    shift.hang_up("b1", "ana")
    shift.hang_up("b2", "ben")
    assert offers(shift.wait(10)) == [("s1", "ana")]
    assert shift.state("cid") == "talking"
    waiting = shift.floor.call("c1")
    assert waiting is not None
    assert waiting.offered_to is None


def test_a_reserve_that_is_given_up_frees_its_agents_at_once() -> None:
    shift = of_two_one_is_busy()
    shift.ring("c2")
    changed = QueuesChanged({"general": Queue("general"), "senior": Queue("senior")})
    assert offers(shift.tell(changed)) == [("c2", "ben")]


def test_a_reserve_made_while_calls_wait_ends_for_them_too() -> None:
    shift = Shift()
    shift.arrive("ana")
    shift.ring("c1")
    shift.accept("c1", "ana")
    shift.ring("c2")
    shift.tell(QueuesChanged(keeping().queues))
    assert shift.arrive("ben") == []
    assert offers(shift.wait(AHEAD)) == [("c2", "ben")]


def test_the_reasons_name_the_queue_an_agent_is_kept_for() -> None:
    shift = of_two_one_is_busy()
    shift.ring("c2")
    talking, kept = shift.floor.explain("c2", shift.now)
    assert talking.code == "talking"
    assert kept.code == "kept_free"
    assert kept.sentence() == "ben is free, but kept free for senior."


def test_a_decision_tells_who_was_kept_free() -> None:
    shift = keeping(need=CARE)
    shift.arrive("ana", care=3)
    shift.wait(500)
    shift.arrive("ben", care=3)
    shift.ring("s1", "senior")
    shift.arrive("cid")
    (order,) = shift.tell(CallWaits("c1", "general"))
    assert isinstance(order, Offer)
    codes = {verdict.agent: verdict.code for verdict in order.decision.verdicts}
    assert codes == {"ana": "ringing", "ben": "kept_free", "cid": "chosen"}


def test_nobody_keeps_fewer_than_one() -> None:
    with pytest.raises(ValueError, match="one at least"):
        Reserve(0)
    with pytest.raises(ValueError, match="list the stages in order"):
        Reserve(1, ANYBODY, (Relax(20.0, CARE), Relax(10.0, CARE)))


def test_a_talk_that_ends_while_two_wait_serves_the_elderly_caller_who_came_later() -> None:
    shift = of_two_one_is_busy()
    shift.ring("s1", "senior")
    shift.accept("s1", "ben")
    shift.ring("c2")
    shift.wait(AHEAD + 1)
    shift.ring("s2", "senior")
    # c2 has waited longer than a new caller would be ahead by: it goes first, as ever.
    assert offers(shift.tell(TalkOver("c1", "ana"))) == [("c2", "ana")]
