"""How do lines get into the switch's queue_log?

By AMI's action QueueLog, and not into a file of our own: the switch's queue of all agents, which
serves callers while there is no engine, writes into the same file, so a reader sees every call, in
one order, by one clock; and `logger rotate` turns the file over. It needs the AMI class "agent",
whose other actions can change nothing but that queue. Lines of a time in which the link is down are
lost: the switch dates a line when it comes.
"""

import asyncio
import logging
from contextlib import suppress

from ivr.errors import LineError
from ivr.line.asterisk.ami import Ami, Refused

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""Lines; what a switch that has stopped reading would let pile up."""
LAST_LINES = 2.0
"""Seconds in which what is left is written at the end."""


class QueueLog:
    """Writes lines one after the other, without anybody waiting for it."""

    def __init__(self, ami: Ami) -> None:
        self._ami = ami
        self._lines: asyncio.Queue[dict[str, str]] = asyncio.Queue(MOST_WAITING)
        self._task: asyncio.Task[None] | None = None
        self._refused = False

    def write(self, queue: str, event: str, call: str, agent: str, message: str) -> None:
        """Have a line written. Returns at once; dropped if too many wait."""
        with suppress(asyncio.QueueFull):
            self._lines.put_nowait(
                {
                    "Queue": queue,
                    "Event": event,
                    "Uniqueid": call,
                    "Interface": agent,
                    "Message": message,
                }
            )

    def open(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="queue log")

    async def close(self) -> None:
        """Write what is left, and stop."""
        if self._task is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_LINES):
                await self._lines.join()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            line = await self._lines.get()
            try:
                await self._ami.action("QueueLog", line)
            except Refused as refused:
                if not self._refused:
                    log.warning("queue_log is not written: %s", refused)
                self._refused = True
            except LineError:
                pass  # the link is down; whoever keeps it up says so
            finally:
                self._lines.task_done()
