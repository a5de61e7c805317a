"""What is watched of a running engine: its figures are gathered and shown."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress

from ivr.errors import CarelineError, StoreError
from ivr.hearing import Listening
from ivr.journal import Journal
from ivr.metrics import Metrics
from ivr.store.database import Database
from ivr.web.operator import OperatorsView
from routing.floor import Floor

log = logging.getLogger(__name__)


class Watch:
    """The figures of one engine, shown on `port` (None: nowhere). `connected` says whether the link
    to the switch is up; `clock` is the floor's own (monotonic) clock in seconds."""

    def __init__(
        self,
        port: int | None,
        journal: Journal,
        floor: Floor,
        database: Database,
        connected: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._connected = connected
        self._metrics = Metrics(_Floor(floor, clock), connected)
        self._errors = self._metrics.counting()
        self._view = OperatorsView(port, self._metrics, self._lacks) if port is not None else None
        self._lag: asyncio.Task[None] | None = None
        journal.listen(self._metrics.add)

    def hears(self, listening: Listening) -> None:
        """Watch over how callers are heard."""
        self._metrics.hears(listening.audio)
        listening.tell(self._metrics.recognized)

    async def open(self) -> None:
        """Begin to show them. Where the port is taken calls are answered all the same, unwatched."""
        if self._view is None:
            return
        try:
            await self._view.open()
        except CarelineError as error:
            log.error("%s", error)
            return
        logging.getLogger().addHandler(self._errors)
        self._lag = asyncio.create_task(self._metrics.watch_lag(), name="lag of the event loop")

    async def close(self) -> None:
        """Stop showing them."""
        if self._view is None or self._lag is None:
            return
        logging.getLogger().removeHandler(self._errors)
        self._lag.cancel()
        with suppress(asyncio.CancelledError):
            await self._lag
        await self._view.close()

    async def _lacks(self) -> list[str]:
        lacks = [] if self._connected() else ["The link to the switch is down."]
        try:
            await asyncio.to_thread(self._database.calls.latest_position)
        except StoreError as error:
            lacks.append(str(error))
        return lacks


class _Floor:
    """The floor as the figures ask for it."""

    def __init__(self, floor: Floor, clock: Callable[[], float]) -> None:
        self._floor = floor
        self._clock = clock

    def agent_states(self) -> Iterator[str]:
        for seat in self._floor.agents():
            gone = seat.state == "free" and not seat.reachable
            yield "unreachable" if gone else seat.state

    def waits(self) -> Iterator[tuple[str, float]]:
        now = self._clock()
        return ((one.queue.name, now - one.since) for one in self._floor.waiting())
