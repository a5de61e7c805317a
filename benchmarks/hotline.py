"""Careline in a process of its own, as `careline serve` runs it, while the office is open.

Its clock begins at an hour when the office is open; else the figures would depend on the time of
day. Settings come from the environment, as ever. It says "ready", and ends at SIGTERM.
"""

import asyncio
import signal

from ivr.running import running
from ivr.settings import Settings
from tests.rig.engine import OPEN, clock


async def serve() -> None:
    """Answer calls until told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with running(Settings.read(), clock(OPEN)):
        print("ready", flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve())
