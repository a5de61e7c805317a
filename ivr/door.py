"""Is the hotline's door open? A closure by hand reaches new and waiting calls within a second.

It is read from the store, so it outlives the engine, and `careline close` needs no running one. Talks
under way go on. While the switch serves callers without an engine, nobody is turned away.
"""

import asyncio
import logging
from contextlib import suppress

from ivr.errors import StoreError
from ivr.store.closures import Closure, Closures

log = logging.getLogger(__name__)

EVERY = 0.5  # seconds between two looks at the store


class Door:
    """Open until somebody closes it; `closed` says who did, and what callers are to hear."""

    def __init__(self, closures: Closures) -> None:
        self.closed: Closure | None = None
        self._closures = closures
        self._shut = asyncio.Event()
        self._failing = False
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Look for the first time, and keep looking. Raises `StoreError`."""
        await self.look()
        self._task = asyncio.create_task(self._watch(), name="door")

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            async with self._turn:  # a look that has begun ends before the store is closed
                self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def until_shut(self) -> None:
        """Wait until the hotline is closed."""
        await self._shut.wait()

    async def look(self) -> None:
        """Look at the store now. Raises `StoreError`."""
        async with self._turn:
            found = await asyncio.to_thread(self._closures.current)
        if found == self.closed:
            return
        self.closed = found
        if found is None:
            self._shut.clear()
            log.warning("the hotline is open again")
        else:
            self._shut.set()
            log.warning("the hotline was closed by %s: callers hear a message", found.who)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except StoreError as error:
                if not self._failing:
                    log.error("whether the hotline is closed cannot be seen: %s", error)
                self._failing = True
            else:
                self._failing = False
