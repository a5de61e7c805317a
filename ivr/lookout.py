"""What has been changed in the store meanwhile? Looked at again and again, one look at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ivr.errors import CarelineError

log = logging.getLogger(__name__)


class Lookout:
    """Awaits `look` every so many seconds from `open` to `close`, whatever happens in it.

    A look that fails is told once, as one at `what`, until another succeeds. Whoever changes what is
    looked at holds `turn`, so that no look is under way then.
    """

    def __init__(self, what: str, look: Callable[[], Awaitable[None]], every: float) -> None:
        self.turn = asyncio.Lock()
        self._what = what
        self._look = look
        self._every = every
        self._failing = False
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to look, for the first time after a pause."""
        self._task = asyncio.create_task(self._watch(), name=f"look at {self._what}")

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            async with self.turn:  # a look that has begun ends before the store is closed
                self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def look(self) -> None:
        """Look now. Raises what the look raises."""
        async with self.turn:
            await self._look()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.look()
            except CarelineError as error:
                if not self._failing:
                    log.error("%s cannot be seen: %s", self._what, error)
                self._failing = True
            except Exception:  # a bug must not end the looking, or nothing new would be seen
                if not self._failing:
                    log.exception("a look at %s failed", self._what)
                self._failing = True
            else:
                self._failing = False
