"""A wire between the engine and the switch that can be cut, held still, and made to lose events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

END = b"\r\n\r\n"


class Wire:
    """Listens on `port` and passes on to the switch what comes. Use `laid`."""

    def __init__(self, switch: int) -> None:
        self.port = 0
        self.loses: tuple[bytes, ...] = ()
        """Messages of the switch that hold one of these do not arrive."""
        self.lost = 0
        """How many did not."""
        self._switch = switch
        self._flows = asyncio.Event()
        self._flows.set()
        self._whole = True
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()

    @classmethod
    @asynccontextmanager
    async def laid(cls, switch: int) -> AsyncIterator["Wire"]:
        """A wire to the AMI port `switch` of this machine."""
        wire = cls(switch)
        server = await asyncio.start_server(wire._connect, "127.0.0.1", 0)
        wire.port = server.sockets[0].getsockname()[1]
        try:
            yield wire
        finally:
            server.close()
            wire.cut()
            for task in list(wire._tasks):
                task.cancel()
            await asyncio.gather(*wire._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Break it: what is under way is lost, and who connects is turned away until `mend`."""
        self._whole = False
        for end in list(self._ends):
            end.transport.abort()

    def hold_still(self) -> None:
        """Nothing passes any more, and nobody is told so, until `mend`."""
        self._flows.clear()

    def mend(self) -> None:
        """It is whole again."""
        self._whole = True
        self._flows.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._ends.add(writer)
        with suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            from_switch, to_switch = await asyncio.open_connection("127.0.0.1", self._switch)
            self._ends.add(to_switch)
            pumps = [
                asyncio.create_task(self._out(reader, to_switch)),
                asyncio.create_task(self._back(from_switch, writer)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
                to_switch.transport.abort()
                self._ends.discard(to_switch)
        writer.transport.abort()
        self._ends.discard(writer)
        self._tasks.discard(task)

    async def _out(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flows.wait()
            writer.write(data)

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readuntil(b"\r\n"))
        while True:
            message = await reader.readuntil(END)
            await self._flows.wait()
            if any(words in message for words in self.loses):
                self.lost += 1
            else:
                writer.write(message)
