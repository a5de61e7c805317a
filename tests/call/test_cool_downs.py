"""How long center.yaml spares an agent who did not take a call, and from when on."""

from ivr.flow.cool_downs import CoolDownsSpec
from ivr.queues import published, queues_of
from ivr.replay.center_rules import read_center
from ivr.resources import flows
from routing.events import AgentArrived, CallWaits, OfferRefused, QueuesChanged
from routing.floor import Floor
from routing.model import Agent
from routing.rest import COOL_DOWNS

CENTER = read_center(flows() / "center.yaml")
LONGER = CENTER.model_copy(update={"cool_downs": CoolDownsSpec.model_validate({"busy": "90s"})})


def test_a_hotline_that_says_nothing_of_cool_downs_has_those_of_the_floor() -> None:
    assert {queue.cool_downs for queue in queues_of(CENTER).values()} == {COOL_DOWNS}


def test_a_cause_that_is_not_named_keeps_its_cool_down() -> None:
    cool_downs = queues_of(LONGER)["senior"].cool_downs
    assert (cool_downs.busy, cool_downs.declined) == (90.0, COOL_DOWNS.declined)


def test_new_cool_downs_are_in_force_for_the_next_call_after_they_are_published() -> None:
    floor = Floor(queues_of(CENTER))
    for name in ("ana", "bo"):
        floor.handle(AgentArrived(Agent(name, {"zh": 5})), 0.0)
    floor.handle(QueuesChanged(published(queues_of(CENTER), LONGER)), 1.0)
    floor.handle(CallWaits("a", "cards"), 2.0)
    floor.handle(OfferRefused("a", "ana", "busy"), 3.0)
    seat = floor.agent("ana")
    assert seat is not None
    assert seat.rests_until == 93.0
