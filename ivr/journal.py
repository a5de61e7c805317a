"""Getting what happens in calls into the store without any call waiting for the disk."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from ivr.errors import StoreError
from ivr.record import CallEvent, CallSummary, UnderWay
from ivr.store.database import Database

log = logging.getLogger(__name__)

BATCH_AFTER = 0.05  # seconds in which what happens is gathered into one write
MOST_KEPT = 500_000  # entries kept in memory while the store fails; older ones are given up
RETRY_AFTER = 2.0  # seconds until a store that failed is tried again

Listener = Callable[[CallEvent | CallSummary], None]


class Journal:
    """Takes summaries and events in the order they happen and writes them in batches in a thread.

    What cannot be written is kept and written later, in order; the operator is told once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: list[CallEvent | CallSummary] = []
        self._under_way: dict[str, UnderWay] = {}
        self._listeners: list[Listener] = []
        self._bell = asyncio.Event()
        self._failing = False
        self._task: asyncio.Task[None] | None = None

    def add(self, entry: CallEvent | CallSummary) -> None:
        """Have an event kept, or a summary as it stands now. Returns at once."""
        self._pending.append(entry)
        self._bell.set()
        for listener in self._listeners:
            try:
                listener(entry)
            except Exception:  # a bug of whoever reads along is no caller's affair
                log.exception("somebody who reads the call records along failed")

    def bookmark(self, where: UnderWay) -> None:
        """Have it kept where a call is; only the newest counts. Returns at once."""
        self._under_way[where.call_id] = where
        self._bell.set()

    def listen(self, listener: Listener) -> None:
        """Have every entry told to `listener` too, at once; it must be quick."""
        self._listeners.append(listener)

    def open(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="journal")

    async def close(self) -> None:
        """Write what is left and stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if (self._pending or self._under_way) and not await self._write():
            log.error("%d entries of call records could not be written", len(self._pending))

    async def _run(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            await asyncio.sleep(BATCH_AFTER)
            if not await asyncio.shield(self._write()):
                await asyncio.sleep(RETRY_AFTER)
                self._bell.set()

    async def _write(self) -> bool:
        batch, self._pending = self._pending, []
        under_way, self._under_way = self._under_way, {}
        try:
            await asyncio.to_thread(self._store, batch, under_way)
        except StoreError as error:
            self._pending = batch + self._pending
            if (beyond := len(self._pending) - MOST_KEPT) > 0:
                log.error("%d entries of call records are given up: too many wait", beyond)
                # Without their calls' rows later events could not be kept either.
                rows: list[CallEvent | CallSummary] = [
                    one for one in self._pending[:beyond] if isinstance(one, CallSummary)
                ]
                self._pending = rows + self._pending[beyond:]
            self._under_way = under_way | self._under_way
            if not self._failing:
                log.error("call records cannot be written and are kept in memory: %s", error)
            self._failing = True
            return False
        if self._failing:
            log.warning("call records are written again")
        self._failing = False
        return True

    def _store(self, batch: list[CallEvent | CallSummary], under_way: dict[str, UnderWay]) -> None:
        # Events need their call's row, and a call that is seen to be over must have all of its
        # events. Of several summaries of one call the last one counts.
        calls = self._database.calls
        summaries = [entry for entry in batch if isinstance(entry, CallSummary)]
        for summary in {one.call_id: one for one in summaries if not one.ended}.values():
            calls.start(summary)
        calls.append([entry for entry in batch if isinstance(entry, CallEvent)])
        ended = {one.call_id: one for one in summaries if one.ended}
        for summary in ended.values():
            calls.finish(summary)
        where = [one for one in under_way.values() if one.call_id not in ended]
        self._database.under_way.keep(where)
        self._database.under_way.over(list(ended))
