"""The rig's own link to a switch: actions that return their response, and every event as a dict.

It is deliberately not the engine's, so that a mistake there cannot hide itself here.
"""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote

Message = dict[str, str]
"""Header → value; of a header that comes more than once, the last."""


class AmiRefusedError(Exception):
    """The switch answered an action with an error."""


class Ami:
    """A logged-in link. Events go to the callbacks of `on_event` in the order they come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._listeners: list[Callable[[Message], None]] = []
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def login(
        cls, port: int, user: str, secret: str, host: str = "127.0.0.1", *, events: bool = True
    ) -> "Ami":
        """Connect and log in; without `events` none are sent here."""
        reader, writer = await asyncio.open_connection(host, port)
        await reader.readuntil(b"\r\n")
        ami = cls(reader, writer)
        mask = "on" if events else "off"
        await ami.action("Login", Username=user, Secret=secret, Events=mask)
        return ami

    def on_event(self, listener: Callable[[Message], None]) -> None:
        """Call `listener` with every event from now on."""
        self._listeners.append(listener)

    async def action(self, name: str, **headers: str | list[str]) -> Message:
        """Perform an action and return its response. Raises AmiRefusedError."""
        if self._reading.done():
            self._reading.result()  # raises what a listener raised
            raise ConnectionError("the link to the switch has ended")
        action_id = str(next(self._ids))
        lines = [f"Action: {name}", f"ActionID: {action_id}"]
        for key, given in headers.items():
            for value in [given] if isinstance(given, str) else given:
                assert "\r" not in value, f"{key} would inject a header"
                assert "\n" not in value, f"{key} would inject a header"
                lines.append(f"{key}: {value}")
        answer = self._waiting[action_id] = asyncio.get_running_loop().create_future()
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        await self._writer.drain()
        response: Message = await asyncio.wait_for(answer, 10)
        if response["Response"] == "Error":
            raise AmiRefusedError(f"{name}: {response.get('Message', 'no reason given')}")
        return response

    async def close(self) -> None:
        """End the link."""
        self._reading.cancel()
        self._writer.close()
        await asyncio.wait([self._reading])
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        try:
            while True:
                packet = await self._reader.readuntil(b"\r\n\r\n")
                self._dispatch(_parse(packet.decode("utf-8", "replace")))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionError("the link to the switch has ended"))

    def _dispatch(self, message: Message) -> None:
        if "Event" in message:
            for listener in self._listeners:
                listener(message)
            return
        waiting = self._waiting.pop(message.get("ActionID", ""), None)
        if waiting is not None and not waiting.done():  # whoever waited may have given up
            waiting.set_result(message)


def _parse(packet: str) -> Message:
    pairs = (line.partition(": ") for line in packet.split("\r\n"))
    return {key: value for key, colon, value in pairs if colon}


def environment(message: Message) -> dict[str, str]:
    """The agi_* variables of an AsyncAGIStart, without that prefix."""
    pairs = (line.partition(": ") for line in unquote(message["Env"]).splitlines())
    return {name.removeprefix("agi_"): value for name, _, value in pairs}
