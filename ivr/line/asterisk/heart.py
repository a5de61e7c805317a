"""How does the switch learn, second by second, that the engine lives and cares for its calls?

The heart beats as long as calls are taken (`hold.HEARTBEAT`), and renews the lease of each call with
every beat. It is stopped for good, so that the dialplan serves callers by itself at once.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from ivr.errors import LineError
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.hold import HEARTBEAT, renew
from ivr.line.asterisk.line import AsteriskLine

log = logging.getLogger(__name__)

HEARTBEAT_EVERY = 2.0
"""Seconds; the dialplan takes the engine for dead after a few missed beats."""

UNDERWAY = 0.1
"""Seconds within which calls arrive that met the heart beating just before it was stopped."""


class Heart:
    """The engine's heart. `lines` are those whose leases it renews."""

    def __init__(self, ami: Ami, lines: Callable[[], Iterable[AsteriskLine]]) -> None:
        self._ami = ami
        self._lines = lines
        self._beating: asyncio.Task[None] | None = None

    @property
    def beats(self) -> bool:
        """Whether it was started, and not stopped."""
        return self._beating is not None

    async def start(self) -> None:
        """Begin to beat. Raises `LineError` where the switch does not hear the first beat."""
        await self.beat()
        self._beating = asyncio.create_task(self._keep_beating(), name="heartbeat")

    async def stop(self) -> None:
        """Say that it beats no more; then wait for the calls that had just met it beating."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait({self._beating})
            self._beating = None
        if self._ami.up:
            await self._ami.action("Setvar", {"Variable": HEARTBEAT, "Value": "0"})
            await asyncio.sleep(UNDERWAY)

    async def beat(self) -> None:
        """Beat once. Raises `LineError`."""
        await self._ami.action("Setvar", {"Variable": HEARTBEAT, "Value": str(int(time.time()))})

    async def lend(self, line: AsteriskLine) -> None:
        """Renew a call's lease. Talks have none: they go on whatever becomes of the engine."""
        if line.on_lease:
            await renew(self._ami, line.channel)

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_EVERY)
            if not self._ami.up:
                continue  # which is told already, and once is enough
            # All at once: one after the other, a switch that is slow to answer, or answers one of them
            # not at all, would let the leases of the others run out.
            renewed = (self.lend(line) for line in self._lines())
            told = await asyncio.gather(self.beat(), *renewed, return_exceptions=True)
            failures = [failure for failure in told if failure is not None]
            for failure in failures:
                if not isinstance(failure, LineError):
                    raise failure
            if failures:
                log.warning("The switch was not told that the engine is alive: %s", failures[0])
