"""A switch that speaks AMI as badly as it is told to.

It answers Login and Ping by itself; everything else is what the test says.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

Fields = dict[str, str]
Answers = Callable[["FakeSwitch", Fields], bytes | None]


class FakeSwitch:
    """One listening AMI. `actions` are all that came, but for Login and Ping."""

    def __init__(self) -> None:
        self.actions: list[Fields] = []
        self.raw: list[bytes] = []
        self.logins = 0
        self.greeting = b"Asterisk Call Manager/11.0.0\r\n"
        self.pongs = True
        self.answers: Answers = lambda _, fields: success(fields)
        self.secret = "s3cret"
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server:
            self._server.close()
        self.drop()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def drop(self) -> None:
        """Close every connection."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def send(self, data: bytes, chunks: tuple[int, ...] = ()) -> None:
        """Send bytes as they are, cut at the places `chunks` into separate TCP segments."""
        places = (0, *chunks, len(data))
        for start, end in pairwise(places):
            for writer in self._writers:
                writer.write(data[start:end])
                await writer.drain()
            await asyncio.sleep(0.005)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        writer.write(self.greeting)
        try:
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                self.raw.append(raw)
                lines = raw.decode().strip().split("\r\n")
                fields = dict(line.split(": ", 1) for line in lines)
                if answer := self._answer(fields):
                    writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the engine has gone
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def _answer(self, fields: Fields) -> bytes | None:
        match fields["Action"]:
            case "Login":
                self.logins += 1
                right = fields["Secret"] == self.secret
                return success(fields) if right else error(fields, "Authentication failed")
            case "Ping":
                return success(fields) if self.pongs else None
            case _:
                self.actions.append(fields)
                return self.answers(self, fields)


def message(**headers: str) -> bytes:
    """One AMI message."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n"


def success(fields: Fields, **more: str) -> bytes:
    """The answer to an action that was done."""
    return message(Response="Success", ActionID=fields["ActionID"], **more)


def error(fields: Fields, text: str) -> bytes:
    """The answer to an action that was refused."""
    return message(Response="Error", ActionID=fields["ActionID"], Message=text)


@asynccontextmanager
async def fake_switch() -> AsyncIterator[FakeSwitch]:
    """A switch that is there for one test."""
    switch = FakeSwitch()
    await switch.open()
    try:
        yield switch
    finally:
        await switch.close()
