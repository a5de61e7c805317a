"""A bank's system that answers lookups, and keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


class Bank:
    """Knows one balance. `asked` are the bodies of all requests. With a `pin`, other ones are wrong."""

    def __init__(self, pin: str | None = None) -> None:
        self.asked: list[Any] = []
        self.pin = pin

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int, pin: str | None = None) -> AsyncIterator["Bank"]:
        """Answer on a port of this machine."""
        bank = cls(pin)
        server = await asyncio.start_server(bank._answer, "127.0.0.1", port)
        async with server:
            yield bank

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split("\r\n")[0])
        self.asked.append(json.loads(await reader.readexactly(length)))
        body = b'{"balance": "1234.50", "currency": "CNY", "token": "tok-7f3a"}'
        status = b"200 OK" if self.pin in (None, self.asked[-1].get("pin")) else b"404 Not Found"
        writer.write(
            b"HTTP/1.1 "
            + status
            + b"\r\nContent-Type: application/json\r\nConnection: close\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
