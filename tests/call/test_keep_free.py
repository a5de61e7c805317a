"""Whom the hotline's queues keep free, as center.yaml says and as the record tells it."""

from dataclasses import replace

from ivr.queues import published, queues_of
from ivr.reasons import sentences, verdicts_of
from ivr.replay.center_rules import read_center
from ivr.resources import flows
from routing.events import AgentArrived, CallWaits, Offer
from routing.floor import Floor
from routing.model import Agent, Need

CENTER = read_center(flows() / "center.yaml")
ZH = Need({"zh": 1})


def test_a_queue_keeps_agents_for_a_caller_of_the_hotlines_first_language() -> None:
    queues = queues_of(CENTER)
    kept = queues["senior"].reserve
    assert kept is not None
    assert (kept.free, kept.head_start) == (1, 600.0)
    assert kept.need == Need({"senior_care": 3, "zh": 1})
    assert [(one.after, str(one.need)) for one in kept.relax] == [
        (20.0, "senior_care 1, zh 1"),
        (40.0, "zh 1"),
        (60.0, "anybody"),
    ]
    assert [name for name, queue in queues.items() if queue.reserve is not None] == ["senior"]


def test_nobody_is_kept_for_a_queue_that_is_no_longer_in_the_live_version() -> None:
    fewer = {name: spec for name, spec in CENTER.queues.items() if name != "senior"}
    queues = published(queues_of(CENTER), CENTER.model_copy(update={"queues": fewer}))
    assert queues["senior"] == replace(queues_of(CENTER)["senior"], reserve=None)
    assert queues["general"] == queues_of(CENTER)["general"]


def test_lost_cards_are_kept_waiting_for_nobody_and_others_learn_why() -> None:
    floor = Floor(queues_of(CENTER))
    for name in ("ana", "bo"):
        floor.handle(AgentArrived(Agent(name, {"zh": 5, "senior_care": 3})), 0.0)
    assert floor.handle(CallWaits("a", "general", need=ZH), 1.0)
    assert not floor.handle(CallWaits("b", "general", need=ZH, head_start=120.0), 2.0)
    (kept,) = (verdict for verdict in floor.explain("b", 3.0) if verdict.agent == "bo")
    assert kept.sentence() == "bo is free, but kept free for senior."
    assert floor.handle(CallWaits("card", "cards", need=ZH, head_start=900.0), 4.0)


def test_the_record_tells_for_whom_an_agent_was_kept_free() -> None:
    floor = Floor(queues_of(CENTER))
    for name in ("ana", "bo"):
        floor.handle(AgentArrived(Agent(name, {"zh": 5, "senior_care": 3})), 0.0)
    floor.handle(CallWaits("a", "general", need=ZH), 1.0)
    floor.handle(AgentArrived(Agent("cleo", {"zh": 2})), 5.0)
    (offer,) = floor.handle(CallWaits("b", "general", need=ZH), 8.0)
    assert isinstance(offer, Offer)
    stored = verdicts_of(offer.decision)
    assert stored[1]["code"] == "kept_free"
    assert stored[1]["detail"] == {"idle": 8, "than": "cleo", "queue": "senior"}
    assert sentences(stored)[2] == "bo is free too, but was kept free for senior."
    assert sentences(stored, "zh")[2] == "bo 也空闲,但为队列 senior 预留。"
