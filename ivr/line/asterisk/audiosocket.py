"""Where do calls bring their sound, and who may come?

AudioSocket: Asterisk connects by TCP and says which call it is by a UUID; then sound goes to and fro.
Whoever connects may be hostile. A UUID is good for one connection and a few seconds; others are
refused.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from ivr.errors import LineError
from ivr.line.asterisk.call_sound import EXPIRES, Conversation, Samples
from ivr.line.asterisk.frames import IDENTITY, TooMuch, message

log = logging.getLogger(__name__)

INTRODUCED = 2.0
"""Seconds within which a connection must say which call it is."""
MOST_STRANGERS = 16
"""Connections that have not yet said who they are."""


class AudioSocket:
    """Where calls bring their sound, on `address`; only `peer` may come, if one is given."""

    def __init__(self, address: str = "127.0.0.1", peer: str | None = None) -> None:
        self.address = address
        self.port = 0
        self._peer = peer
        self._server: asyncio.Server | None = None
        self._expected: dict[UUID, Conversation] = {}
        self._strangers = 0
        self.connected = 0
        """Calls that are connected."""
        self.refused = 0
        """Connections that were not let in, so far."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen, on a port of the system's choice. Raises LineError where that is impossible."""
        try:
            self._server = await asyncio.start_server(self._come, self.address, 0, limit=8192)
        except OSError as error:
            raise LineError(
                f"Callers cannot be heard: {self.address}: {error.strerror}."
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more; calls that are connected are cut off."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def expect(
        self, on_sound: Callable[[Samples], None], on_key: Callable[[str], None]
    ) -> Conversation:
        """Prepare for one call: it is to connect with the conversation's UUID, soon and once."""
        conversation = Conversation(on_sound, on_key)
        self._expected[conversation.uuid] = conversation
        loop = asyncio.get_running_loop()
        loop.call_later(EXPIRES, self._expected.pop, conversation.uuid, None)
        return conversation

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            conversation = await self._introduced(reader, writer)
            if conversation is None:
                self.refused += 1
            else:
                await self._serve(conversation, reader, writer)
        except asyncio.CancelledError:
            pass  # `close`: asyncio would report a cancelled connection as a failure
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError, TimeoutError):
                async with asyncio.timeout(INTRODUCED):
                    await writer.wait_closed()
            writer.transport.abort()

    async def _serve(
        self,
        conversation: Conversation,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.connected += 1
        try:
            await conversation.serve(reader, writer)
        finally:
            self.connected -= 1

    async def _introduced(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Conversation | None:
        """Find out which call it is; None for a stranger."""
        peer = writer.get_extra_info("peername")
        if self._peer is not None and (peer is None or peer[0] != self._peer):
            log.warning("somebody who is not the switch wanted to be heard: %s", peer and peer[0])
            return None
        if self._strangers >= MOST_STRANGERS:
            log.warning("too many want to be heard at once, and do not say who they are")
            return None
        self._strangers += 1
        try:
            async with asyncio.timeout(INTRODUCED):
                kind, payload = await message(reader)
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError, TooMuch) as found:
            log.warning("somebody wanted to be heard and did not say who they are: %s", found)
            return None
        finally:
            self._strangers -= 1
        known = self._expected.pop(UUID(bytes=payload), None) if kind == IDENTITY else None
        if known is None or known.closed:
            log.warning("somebody wanted to be heard whom no call belongs to")
            return None
        own = writer.get_extra_info("socket")
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return known
