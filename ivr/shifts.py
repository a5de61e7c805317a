"""What does each agent do, from when to when? Looked at on the floor, kept for reports.

The floor knows since when each agent does what, so looking once a second loses no time: only a
state that lasts less than that may stay unseen. Ringing is no state of its own here: an agent whose
phone rings is ready.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from ivr.errors import StoreError
from ivr.lookout import Lookout
from ivr.store.agent_states import AgentDoes, StateChange
from ivr.store.database import Database
from routing.floor import Floor
from routing.model import Seat

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between two looks
MOST_KEPT = 100_000  # changes kept in memory while the store fails; older ones are given up

Watcher = Callable[[StateChange, "StateChange | None"], None]
"""Told of a change, and of the state before it (None: the agent was away)."""


class Shifts:
    """Sees agents come, pause, talk and go, and keeps it. `watch` is told of every change at once.

    `now` is the time, `clock` the floor's own (monotonic) clock in seconds.
    """

    def __init__(
        self,
        database: Database,
        floor: Floor,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        watch: Watcher = lambda change, before: None,
    ) -> None:
        self._database = database
        self._floor = floor
        self._now = now
        self._clock = clock
        self._watch = watch
        self._last: dict[str, StateChange] = {}
        self._pending: list[StateChange] = []
        self._failing = False
        self._lookout = Lookout("what agents do", self._see, EVERY)

    async def open(self) -> None:
        """End what an earlier engine left open, and begin to look."""
        with suppress(StoreError):
            await asyncio.to_thread(self._database.agent_states.close_all)
        await self._lookout.look()
        self._lookout.open()

    async def close(self) -> None:
        """Keep what is left, with everybody away from now on, and stop."""
        await self._lookout.close()
        self.look()
        for agent in list(self._last):
            self._change(StateChange(agent, self._now(), "away"))
        await self._write()

    def look(self) -> None:
        """See what has changed since the last look."""
        seats = {seat.name: seat for seat in self._floor.agents()}
        for agent in self._last.keys() - seats.keys():
            self._change(StateChange(agent, self._now(), "away"))
        for agent, seat in seats.items():
            state, reason = _does(seat)
            last = self._last.get(agent)
            if last is None or (last.state, last.reason) != (state, reason):
                self._change(StateChange(agent, self._began(seat, last), state, reason))

    def _began(self, seat: Seat, last: StateChange | None) -> datetime:
        """Since when; never before the state that was seen last."""
        began = self._now() - timedelta(seconds=max(0.0, self._clock() - seat.since))
        return began if last is None else max(began, last.at)

    def _change(self, change: StateChange) -> None:
        before = self._last.get(change.agent)
        if change.state == "away":
            self._last.pop(change.agent, None)
        else:
            self._last[change.agent] = change
        self._pending.append(change)
        self._watch(change, before)

    async def _see(self) -> None:
        self.look()
        await self._write()

    async def _write(self) -> None:
        batch, self._pending = self._pending, []
        try:
            await asyncio.to_thread(self._database.agent_states.append, batch)
        except StoreError as error:
            self._pending = (batch + self._pending)[-MOST_KEPT:]
            if not self._failing:
                log.error("what agents do cannot be written and is kept in memory: %s", error)
            self._failing = True
        else:
            self._failing = False


def _does(seat: Seat) -> tuple[AgentDoes, str | None]:
    match seat.state:
        case "talking" | "wrap_up" as state:
            return state, None
        case "paused":
            return "paused", seat.pause
        case _:
            return "ready", None
