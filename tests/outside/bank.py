"""A bank's web service for tests: real HTTP on this machine, with answers the test writes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Asked:
    """One request as it arrived, byte for byte."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Bank:
    """Gives `answers` in turn, the last again and again; each is raw HTTP, after `delay` seconds."""

    url: str = ""
    answers: list[bytes] = field(default_factory=list)
    delay: float = 0.0
    asked: list[Asked] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rest = head.decode().strip().split("\r\n")
                headers = {
                    name.lower(): text for name, _, text in (one.partition(": ") for one in rest)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.asked.append(Asked(line, headers, body))
                await asyncio.sleep(self.delay)
                writer.write(self.answers[min(len(self.asked), len(self.answers)) - 1])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def http(
    body: bytes = b"", status: str = "200 OK", kind: str = "application/json", more: str = ""
) -> bytes:
    """An answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


@asynccontextmanager
async def open_bank(*answers: bytes, delay: float = 0.0) -> AsyncIterator[Bank]:
    """A bank that answers for as long as the block lasts."""
    bank = Bank(answers=list(answers), delay=delay)
    server = await asyncio.start_server(bank.serve, "127.0.0.1", 0)
    bank.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield bank
    finally:
        server.close()
