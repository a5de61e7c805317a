"""How is a line's own channel recorded, and is it surely muted where something secret is keyed?

By MixMonitor on that channel, both sides apart: nothing counts as done before the switch's event for
it is here. Nobody else records there, so a muting is meant for this recording alone.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

from ivr.errors import LineError
from ivr.line.asterisk import agi
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.channel import Channel
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.commands import EndMonitor, Monitor, Monitored, Mute, Muted
from ivr.line.monitor import FADES

CONFIRMED = 2.0
"""Seconds within which the switch must say that it records, or is muted, or is not."""
TRIES = 2
"""How often we try to have it recorded, and how often to end a muting."""
STOP = agi.command("EXEC", "StopMixMonitor")


class Monitoring:
    """The recording of the channel of one caller, or of an agent from whose phone somebody is rung;
    made and fed by `AsteriskLine`."""

    def __init__(self, ami: Ami, channel: Channel) -> None:
        self.on = False
        """Whether there is one, by all we know."""
        self._ami = ami
        self._channel = channel
        self._started = asyncio.Event()
        self._muted = asyncio.Event()
        self._wanted = ""

    def event(self, message: AmiMessage) -> None:
        """Take in an event of the channel: MixMonitorStart or MixMonitorMute."""
        if message["Event"] == "MixMonitorStart":
            self._started.set()
        elif (message.get("Direction"), message.get("State")) == ("both", self._wanted):
            self._muted.set()

    async def perform(self, command: Monitor | EndMonitor | Mute) -> Monitored | Muted:
        """See `ivr.line.line.Line`."""
        match command:
            case Monitor():
                return Monitored(await self.begin(command.file))
            case Mute():
                return Muted(await self.mute(on=command.on))
            case EndMonitor():
                await self.end()
                return Monitored(on=False)

    async def begin(self, file: Path, options: str = "D") -> bool:
        """Record into `file` from here on; whether the switch says that it does. `options` are
        MixMonitor's: D for both sides apart, what comes from the channel left; b for talks alone.

        Raises LineError where it is not even certain that a recording begun in vain was ended.
        """
        if self.on:
            await self.end()
        words = agi.command("EXEC", "MixMonitor", f"{agi.raw_file(file)}.raw,{options}")
        for _ in range(TRIES):
            self._started.clear()
            with suppress(LineError, TimeoutError):
                async with asyncio.timeout(CONFIRMED):
                    await self._channel.done(words)
                    self.on = True
                    await self._started.wait()
                    return True
            await self.end()  # two that write into one file would spoil it
        return False

    async def end(self) -> None:
        """Record no longer. Raises LineError where the switch does not do it."""
        await self._channel.done(STOP)
        self.on = False

    async def mute(self, *, on: bool) -> bool:
        """Mute both sides, or end that; whether the switch says that it is done."""
        if not self.on:
            return True
        if on:
            return await self._set("1")
        await asyncio.sleep(FADES)
        for _ in range(TRIES):
            if await self._set("0"):
                return True
        return False

    async def _set(self, state: str) -> bool:
        self._wanted = state
        self._muted.clear()
        how = {"Channel": self._channel.name, "Direction": "both", "State": state}
        with suppress(LineError, TimeoutError):
            async with asyncio.timeout(CONFIRMED):
                await self._ami.action("MixMonitorMute", how)
                await self._muted.wait()
        return self._muted.is_set()
