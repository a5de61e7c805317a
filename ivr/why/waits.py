"""When did a call wait for an agent, and what happened meanwhile?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.record import CallEvent

ENDS = frozenset(
    {
        "joined",
        "unstaffed",
        "queue_full",
        "waited_too_long",
        "taken_out",
        "callback_asked",
        "closed_by_hand",
        "ended",
        "engine_stops",
    }
)
"""The kinds of event with which a wait is over."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another call that somebody took while this one waited.

    `since` is when it began to wait (aware), in `queue`, `head_start` its priority in seconds.
    """

    call_id: str
    since: datetime
    head_start: float
    agent: str
    taken: datetime
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait in a queue: its `waiting` event, and what happened until it was over."""

    begins: CallEvent
    events: tuple[CallEvent, ...]

    @property
    def head_start(self) -> float:
        """The call's priority, in seconds."""
        return float(self.begins.data.get("head_start") or 0)  # type: ignore[arg-type]

    @property
    def ends(self) -> datetime:
        """When somebody took the call, or it left."""
        return self.events[-1].at if self.events else self.begins.at

    @property
    def offers(self) -> tuple[CallEvent, ...]:
        """The offers made in it."""
        return tuple(event for event in self.events if event.kind == "offer")


def waits(events: Sequence[CallEvent]) -> tuple[Wait, ...]:
    """The waits of a call, each up to and with the event that ended it."""
    found: list[Wait] = []
    begins: CallEvent | None = None
    during: list[CallEvent] = []
    for event in events:
        if event.kind == "waiting":
            begins, during = event, []
        elif begins is not None:
            during.append(event)
            if event.kind in ENDS:
                found.append(Wait(begins, tuple(during)))
                begins = None
    if begins is not None:
        found.append(Wait(begins, tuple(during)))
    return tuple(found)
