"""When did a call wait for an agent, and what happened meanwhile?

A call back waits too, from when the caller began to wait in the call in which it was asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
        "picked_up",
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
    """One wait in a queue, or to be rung back: the event that begins it, `waiting` or `callback`,
    and what happened until it was over."""

    begins: CallEvent
    events: tuple[CallEvent, ...]

    @property
    def to_be_rung_back(self) -> bool:
        """Whether it is that of a caller who is not on the line."""
        return self.begins.kind == "callback"

    @property
    def since(self) -> datetime:
        """From when on its waiting counts, on the floor and for its place."""
        return self.begins.at - waited_before(self.begins.data)

    @property
    def told_from(self) -> datetime:
        """From when on it is told what went before it: earlier waits of one record tell it too."""
        return self.since if self.to_be_rung_back else self.begins.at

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
        rung_back = begins is not None and begins.kind == "callback"
        if event.kind == "callback" or (event.kind == "waiting" and not rung_back):
            begins, during = event, []
        elif begins is not None:
            during.append(event)
            if event.kind in ENDS:
                found.append(Wait(begins, tuple(during)))
                begins = None
    if begins is not None:
        found.append(Wait(begins, tuple(during)))
    return tuple(found)


def waited_before(data: Mapping[str, object]) -> timedelta:
    """How long a call had waited when it began to, by that event: in another queue, for an agent who
    was lost, with an engine before this one (`before`), or to be rung back (`waited`)."""
    known = [data.get(name) for name in ("before", "waited")]
    return timedelta(seconds=sum(one for one in known if isinstance(one, int | float)))
