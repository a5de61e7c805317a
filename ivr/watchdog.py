"""How does systemd know that the engine is well? It is told when calls are answered, and then again
and again; an engine whose event loop hangs says nothing any more, and is started anew.

The protocol is sd_notify(3); where no systemd listens nothing is done.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import sdnotify

SHARE = 3
"""How many times we tell it within the time after which it loses patience."""


@asynccontextmanager
async def watched(status: str) -> AsyncIterator[None]:
    """Tell systemd that the engine is ready and well as long as the block lasts."""
    if not os.environ.get("NOTIFY_SOCKET"):
        yield
        return
    notifier = sdnotify.SystemdNotifier()
    notifier.notify(f"READY=1\nSTATUS={status}")
    patience = _patience()
    telling = asyncio.create_task(_tell(notifier, patience / SHARE)) if patience else None
    try:
        yield
    finally:
        notifier.notify("STOPPING=1")
        if telling is not None:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling
        if notifier.socket is not None:
            notifier.socket.close()


async def _tell(notifier: sdnotify.SystemdNotifier, every: float) -> None:
    while True:
        notifier.notify("WATCHDOG=1")
        await asyncio.sleep(every)


def _patience() -> float:
    """Seconds after which systemd takes a silent engine for dead; 0 where it does not watch us."""
    of_whom = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    micros = os.environ.get("WATCHDOG_USEC", "")
    return int(micros) / 1e6 if micros.isdecimal() and of_whom == str(os.getpid()) else 0.0
