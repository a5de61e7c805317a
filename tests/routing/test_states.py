"""The state table is what the floor does: every cell is tried."""

import pytest

from routing.events import (
    AgentArrived,
    AgentEvent,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallWaits,
    IllegalEvent,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
    TalkOver,
    WrapUpExtended,
)
from routing.model import Agent, State
from routing.states import STATES, TABLE
from tests.routing.shift import Shift


def with_ana(state: State) -> Shift:
    """Ana in `state`, with call "hers" if she rings or talks; "other" rings at ben."""
    shift = Shift()
    if state != "away":
        shift.arrive("ana")
    if state in {"ringing", "talking", "wrap_up"}:
        shift.ring("hers")
    if state in {"talking", "wrap_up"}:
        shift.accept("hers", "ana")
    if state == "wrap_up":
        shift.hang_up("hers", "ana")
    if state == "paused":
        shift.tell(AgentPaused("ana", "lunch"))
    shift.arrive("ben")
    shift.tell(CallWaits("other", "general", preferred="ben"))
    assert shift.state("ana") == state
    assert shift.state("ben") == "ringing"
    return shift


def happens(kind: type[AgentEvent], state: State) -> AgentEvent:
    """The event of `kind` that meets Ana in `state`; where she has no call, it has crossed."""
    events: list[AgentEvent] = [
        AgentArrived(Agent("ana")),
        AgentLeft("ana"),
        AgentPaused("ana", "lunch"),
        AgentResumed("ana"),
        WrapUpExtended("ana", 30.0),
        PhoneSeen("ana", reachable=False),
        OfferAccepted("hers" if state == "ringing" else "other", "ana"),
        OfferRefused("hers", "ana", "declined"),
        TalkOver("hers", "ana"),
    ]
    return next(event for event in events if type(event) is kind)


def test_the_table_has_a_row_for_every_event_about_an_agent() -> None:
    assert set(TABLE) == set(AgentEvent.__args__)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: kind.__name__)
def test_the_floor_does_what_the_table_says(kind: type[AgentEvent], state: State) -> None:
    shift = with_ana(state)
    event = happens(kind, state)
    promised = TABLE[kind][state]
    if promised == "!":
        with pytest.raises(IllegalEvent, match=f"{kind.__name__}.*ana is {state}"):
            shift.tell(event)
    else:
        shift.tell(event)
    assert shift.state("ana") == (state if promised in {"-", "!"} else promised)
