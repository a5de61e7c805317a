"""How does the switch know that an engine cares for a call?

A global variable is the engine's heartbeat, and each call is the engine's on a lease, the channel's
absolute timeout. An engine that begins where another died renews the leases of what it finds, so
that callers are still there when it can go on with them.
"""

import asyncio
import time
from contextlib import suppress

from ivr.errors import LineError
from ivr.line.asterisk.ami import Ami, Refused
from ivr.line.asterisk.sighting import sightings

HEARTBEAT = "CARELINE_ALIVE"

LEASE = 10
"""Seconds; a call whose lease is not renewed is taken back by the dialplan and gets a human."""

RENEW_EVERY = 3.0
LONGEST_BEGINNING = 30.0
"""Seconds after which callers rather get the fallback than an engine that never comes."""


async def seconds_without_an_engine(ami: Ami) -> float:
    """How long ago the last engine's heart beat; 0 where there was none, or it was stopped."""
    try:
        told = await ami.action("Getvar", {"Variable": HEARTBEAT})
    except Refused:
        return 0.0
    beat = told.get("Value", "")
    return max(0.0, time.time() - int(beat)) if beat.isdecimal() and int(beat) else 0.0


async def keep(ami: Ami) -> None:
    """Keep the calls that are in AsyncAGI there while the engine begins; for a while, not for ever."""
    began = time.monotonic()
    while time.monotonic() - began < LONGEST_BEGINNING:
        with suppress(LineError):
            for seen in sightings(await ami.list("CoreShowChannels")).values():
                if seen.doing == "parked":
                    await renew(ami, seen.channel["Channel"])
        await asyncio.sleep(RENEW_EVERY)


async def renew(ami: Ami, channel: str) -> None:
    """Renew the lease of a call. Raises `LineError`, but not for a call that has just ended."""
    with suppress(Refused):
        await ami.action("AbsoluteTimeout", {"Channel": channel, "Timeout": str(LEASE)})
