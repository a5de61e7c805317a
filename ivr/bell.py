"""How does somebody who is busy on a line hear that there is news?"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Bell:
    """Rings when there is news for a call, and stops what is done with its line meanwhile."""

    def __init__(self) -> None:
        self._rung = False
        self._timeout: asyncio.Timeout | None = None

    def ring(self) -> None:
        """There is news. More of it may come while what was done is still being cleared up."""
        stops, self._rung = not self._rung, True
        if self._timeout is not None and stops:
            self._timeout.reschedule(asyncio.get_running_loop().time())

    def heard(self) -> None:
        """The news is known."""
        self._rung = False

    async def stops(self, doing: Coroutine[Any, Any, T]) -> T | None:
        """Do something on the line until the bell rings; None if the bell came first.

        An outcome that is there when it rings counts: an agent who has answered is not taken back.
        """
        if self._rung:
            doing.close()
            return None
        # A timeout without a time, which comes due at the bell: no task is needed for the work.
        try:
            async with asyncio.timeout(None) as self._timeout:
                return await doing
        except TimeoutError:
            if not self._rung:
                raise
            return None
        finally:
            self._timeout = None
