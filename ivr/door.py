"""Is the hotline's door open? A closure by hand reaches new and waiting calls within a second.

It is read from the store, so it outlives the engine, and `careline close` needs no running one. Talks
under way go on. While the switch serves callers without an engine, nobody is turned away.
"""

import asyncio
import logging

from ivr.lookout import Lookout
from ivr.store.closures import Closure, Closures

log = logging.getLogger(__name__)

EVERY = 0.5  # seconds between two looks at the store


class Door:
    """Open until somebody closes it; `closed` says who did, and what callers are to hear."""

    def __init__(self, closures: Closures) -> None:
        self.closed: Closure | None = None
        self._closures = closures
        self._shut = asyncio.Event()
        self._lookout = Lookout("whether the hotline is closed", self._look, EVERY)

    async def open(self) -> None:
        """Look for the first time, and keep looking. Raises `StoreError`."""
        await self._lookout.look()
        self._lookout.open()

    async def close(self) -> None:
        """Stop looking."""
        await self._lookout.close()

    async def until_shut(self) -> None:
        """Wait until the hotline is closed."""
        await self._shut.wait()

    async def _look(self) -> None:
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
