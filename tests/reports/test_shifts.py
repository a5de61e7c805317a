"""What agents do is seen on the floor and kept, with the moments at which it began."""

import asyncio
from datetime import UTC, datetime, timedelta

from ivr.shifts import Shifts
from ivr.store import Database
from ivr.store.agent_states import StateChange
from routing.events import (
    AgentArrived,
    AgentLeft,
    AgentPaused,
    CallWaits,
    Event,
    OfferAccepted,
    TalkOver,
    TimePassed,
)
from routing.floor import Floor
from routing.model import Agent, Queue

BEGAN = datetime(2026, 11, 18, 1, tzinfo=UTC)


class Shift:
    """A floor whose clock is set by hand, and the shifts that look at it."""

    def __init__(self, database: Database) -> None:
        self.seconds = 0.0
        self.floor = Floor({"q": Queue("q", wrap_up=10)})
        self.seen: list[tuple[float, str, str, str | None]] = []
        self.shifts = Shifts(database, self.floor, self.now, lambda: self.seconds, self.watch)

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.seconds)

    def watch(self, change: StateChange, before: StateChange | None) -> None:
        at = (change.at - BEGAN).total_seconds()
        self.seen.append((at, change.agent, change.state, before.state if before else None))

    def at(self, seconds: float, event: Event) -> None:
        self.floor.handle(event, seconds)
        self.seconds = seconds


def test_a_talk_and_its_wrap_up_are_seen_with_their_beginnings() -> None:
    with Database.open("sqlite://") as database:
        shift = Shift(database)
        shift.at(0, AgentArrived(Agent("ana")))
        shift.shifts.look()
        shift.at(1, CallWaits("c", "q"))
        shift.at(2, OfferAccepted("c", "ana"))
        shift.seconds = 2.9  # the look comes later than the change
        shift.shifts.look()
        shift.at(62, TalkOver("c", "ana"))
        shift.shifts.look()
        shift.at(72, TimePassed())
        shift.seconds = 72.5
        shift.shifts.look()
        shift.shifts.look()
        shift.at(80, AgentPaused("ana", "lunch"))
        shift.shifts.look()
        shift.at(90, AgentLeft("ana"))
        shift.shifts.look()
        assert shift.seen == [
            (0, "ana", "ready", None),
            (2, "ana", "talking", "ready"),
            (62, "ana", "wrap_up", "talking"),
            (72, "ana", "ready", "wrap_up"),
            (80, "ana", "paused", "ready"),
            (90, "ana", "away", "paused"),
        ]


async def test_everybody_is_away_once_the_engine_has_stopped() -> None:
    with Database.open("sqlite://") as database:
        shift = Shift(database)
        shift.at(0, AgentArrived(Agent("ana"), paused="lunch"))
        await shift.shifts.open()
        await asyncio.sleep(0)
        shift.seconds = 30
        await shift.shifts.close()
        assert [
            (span.agent, span.state, span.seconds)
            for span in database.agent_states.spans(BEGAN, BEGAN + timedelta(hours=1))
        ] == [("ana", "paused", 30)]
