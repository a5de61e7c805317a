"""What does each event make of an agent in each state? A test walks every cell of the table."""

from routing.events import (
    AgentArrived,
    AgentEvent,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
    TalkOver,
    WrapUpExtended,
)
from routing.model import State

STATES: tuple[State, ...] = ("away", "free", "ringing", "talking", "wrap_up", "paused")

# "-" leaves the state as it is: the event changes nothing, takes effect after the talk, or has
# crossed with another one. "!" cannot be, and raises. Where a cell has a second end, it is noted.
TABLE: dict[type[AgentEvent], dict[State, str]] = {
    event: dict(zip(STATES, row.split(), strict=True))
    for event, row in {
        # ·············away  free     ringing  talking  wrap_up  paused
        AgentArrived: "free  -        -        -        -        -      ",  # or paused
        AgentPaused: " -     paused   paused   -        paused   paused ",
        AgentResumed: "-     -        -        -        free     free   ",
        AgentLeft: "   -     away     away     -        away     away   ",
        WrapUpExtended: "- -       -        -        -        -      ",
        PhoneSeen: "   -     -        free     -        -        -      ",  # "-" when reachable
        OfferAccepted: "-    talking  talking  !        talking  talking",
        OfferRefused: "-     -        free     !        -        -      ",  # or paused: set aside
        TalkOver: "    -     -        !        wrap_up  -        -      ",  # or away, paused, free
    }.items()
}
