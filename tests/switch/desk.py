"""A stand-in for the engine: AGI commands sent by hand to a call that is parked in the dialplan."""

import asyncio
import itertools
import time
from urllib.parse import unquote

from tests.rig.ami import Message, environment
from tests.rig.rig import Rig


class ByHand:
    """Everything the hotline tells the engine, and a way to answer."""

    def __init__(self, rig: Rig) -> None:
        self.seen: list[Message] = []
        self._rig = rig
        self._came = asyncio.Event()
        self._ids = itertools.count(1)
        rig.ami.on_event(self._happened)

    async def live(self, age: float = 0) -> None:
        """Beat the heart once, as it was `age` seconds ago."""
        beat = str(int(time.time() - age))
        await self._rig.ami.action("Setvar", Variable="CARELINE_ALIVE", Value=beat)

    async def call(self) -> "ParkedCall":
        """The next call that is handed over."""
        start = await self.event("AsyncAGIStart")
        return ParkedCall(self, start["Channel"], environment(start))

    async def event(self, name: str, **headers: str) -> Message:
        """Wait for an event with these headers; each is reported once."""
        async with asyncio.timeout(30):
            while True:
                for message in self.seen:
                    if message["Event"] == name and headers.items() <= message.items():
                        self.seen.remove(message)
                        return message
                self._came.clear()
                await self._came.wait()

    async def agi(self, channel: str, command: str) -> str:
        """Perform an AGI command and wait for its result."""
        command_id = str(next(self._ids))
        await self.send(channel, command, command_id)
        done = await self.event("AsyncAGIExec", CommandId=command_id)
        return unquote(done["Result"]).strip().splitlines()[-1]

    async def send(self, channel: str, command: str, command_id: str = "") -> None:
        """Have an AGI command begun."""
        await self._rig.ami.action("AGI", Channel=channel, Command=command, CommandID=command_id)

    def _happened(self, message: Message) -> None:
        self.seen.append(message)
        self._came.set()


class ParkedCall:
    """A call in the hands of the test; `env` are its AGI variables."""

    def __init__(self, desk: ByHand, channel: str, env: dict[str, str]) -> None:
        self.channel = channel
        self.env = env
        self._desk = desk

    async def agi(self, command: str) -> str:
        """Perform an AGI command and wait for its result."""
        return await self._desk.agi(self.channel, command)

    async def begin(self, command: str) -> None:
        """Have an AGI command begun."""
        await self._desk.send(self.channel, command)
