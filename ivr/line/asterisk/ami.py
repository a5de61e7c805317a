"""How do we talk to Asterisk's manager interface (AMI) without being let down by it?

The only file that imports panoramisk. Its messages, actions and protocol are used, its `Manager` is
not: that reconnects and sends again by itself. What a hotline cannot live with is closed here:
every action has a deadline, a link that answers no ping is declared dead, nothing is sent twice, a
name or value with a line break is refused, a message with a doubled header is not believed, and
bytes are decoded a whole message at a time.
"""

import asyncio
import logging
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from ivr.errors import LineError, SwitchUnreachable
from ivr.line.asterisk.failures import Meaning, meaning

log = logging.getLogger(__name__)

AmiMessage = Mapping[str, str]
"""A response or event; header names are looked up without regard to case."""

OnEvent = Callable[[AmiMessage], None]

END = b"\r\n\r\n"
LONGEST_LINE = 1024
"""Bytes; Asterisk drops a longer header without a word (main/manager.c, `inbuf`)."""
MOST_BUFFERED = 1 << 20
"""Bytes of one unfinished incoming message, or of output the switch does not read."""
FORBIDDEN = "\r\n\0"


class Refused(LineError):
    """The switch answered `Response: Error`. `meaning` is what that says about the call."""

    def __init__(self, action: str, text: str) -> None:
        super().__init__(f"The switch refused {action}: {text or 'no reason given'}")
        self.meaning: Meaning = meaning(text)


@dataclass(slots=True)
class _Asked:
    """An action on its way: its answer, and for a list action the items so far."""

    answer: "asyncio.Future[AmiMessage]"
    items: list[AmiMessage] = field(default_factory=list)
    is_list: bool = False


class _Wire(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """One connection. It is never revived: a new link is a new wire."""

    def __init__(self, dispatch: OnEvent, on_lost: Callable[["_Wire"], None]) -> None:
        self._dispatch = dispatch
        self._on_lost = on_lost
        self._received = bytearray()
        self._asked: dict[str, _Asked] = {}
        self.greeted = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Cut the stream into messages; a character may be split over two chunks, a message not."""
        self._received += data
        if self.version is None:
            self._greet()
        while self.version is not None and (end := self._received.find(END)) >= 0:
            text = self._received[:end].decode(errors="replace")
            del self._received[: end + len(END)]
            self._message(text)
        if len(self._received) > MOST_BUFFERED:
            log.error("The switch sent a message of more than %d bytes.", MOST_BUFFERED)
            self.close()

    def _greet(self) -> None:
        line, found, rest = bytes(self._received).partition(b"\r\n")
        if found:
            self._received = bytearray(rest)
            self.version = line.decode(errors="replace")
            if line.startswith(b"Asterisk Call Manager/"):
                self.greeted.set_result(None)
            else:
                self.close()

    def _message(self, text: str) -> None:
        message = Message.from_line(text.strip("\r\n"))
        if message is None:
            return
        if any(isinstance(value, list) for value in message.values()):
            # No message we use has a header twice. Asterisk does not escape a caller's number, so
            # one with a line break in it begins headers of its own.
            log.error("A message of the switch was dropped: a header came twice in it.")
            return
        asked = self._asked.get(message.get("ActionID", ""))
        if "Response" in message:
            if asked and not (asked.is_list and message.get("EventList", "").lower() == "start"):
                self._answer(message)
        elif asked:
            if message.get("EventList", "").lower() == "complete":
                self._answer(message)
            else:
                asked.items.append(message)
        else:
            self._dispatch(message)

    def _answer(self, message: AmiMessage) -> None:
        asked = self._asked[message["ActionID"]]
        if not asked.answer.done():
            asked.answer.set_result(message)

    async def ask(
        self, name: str, fields: Mapping[str, str | Sequence[str]], deadline: float, is_list: bool
    ) -> _Asked:
        """Send an action and wait for its answer (for the last item, if it is a list action)."""
        action = _checked(name, fields)
        asked = _Asked(asyncio.get_running_loop().create_future(), is_list=is_list)
        self._asked[action["ActionID"]] = asked
        try:
            if self.closed or self.transport.get_write_buffer_size() > MOST_BUFFERED:
                self.close()
            else:
                self.transport.write(str(action).encode())
            async with asyncio.timeout(deadline):
                await asked.answer
        except TimeoutError:
            raise SwitchUnreachable(
                f"The switch did not answer {name} within {deadline:g} seconds."
            ) from None
        finally:
            del self._asked[action["ActionID"]]
            asked.answer.cancel()
        return asked

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail what is unanswered; whether it was done is not known, so it is not sent again."""
        self.close()

    def close(self) -> None:
        """Close the connection at once."""
        if getattr(self, "closed", False):
            for asked in self._asked.values():
                _lose(asked)
            return
        self.closed = True
        self.transport.abort()
        for asked in self._asked.values():
            _lose(asked)
        if not self.greeted.done():
            self.greeted.cancel()
        self._on_lost(self)


def _lose(asked: _Asked) -> None:
    if not asked.answer.done():
        asked.answer.set_exception(SwitchUnreachable("The link to the switch went down."))


def _checked(name: str, fields: Mapping[str, str | Sequence[str]]) -> Action:
    """The action, if nothing in it can be taken for a header of its own."""
    action = Action({"Action": name})
    for header, given in fields.items():
        for value in [given] if isinstance(given, str) else given:
            line = f"{header}: {value}"
            if any(character in line for character in FORBIDDEN) or ":" in header:
                raise LineError(f"{name} was not sent: {header!r} holds a control character.")
            if len(line.encode(errors="replace")) > LONGEST_LINE:
                raise LineError(f"{name} was not sent: {header!r} is longer than Asterisk reads.")
        action[header] = given if isinstance(given, str) else list(given)
    if any(character in name for character in FORBIDDEN):
        raise LineError("An action was not sent: its name holds a control character.")
    return action


class Ami:
    """The link to one switch, kept up until `close`.

    `ping_every` and `pong_within` are seconds: a link is declared dead after at most their sum.
    `first_wait` and `longest_wait` bound the back-off between attempts to reconnect.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        secret: str,
        *,
        ping_every: float = 5.0,
        pong_within: float = 3.0,
        first_wait: float = 0.25,
        longest_wait: float = 10.0,
    ) -> None:
        self._address = (host, port)
        self._user = user
        self._secret = secret
        self._ping_every = ping_every
        self._pong_within = pong_within
        self._waits = (first_wait, longest_wait)
        self._wire: _Wire | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._subscribers: defaultdict[str, list[OnEvent]] = defaultdict(list)
        self._when_lost: list[Callable[[], None]] = []
        self._when_up: list[Callable[[], None]] = []

    @property
    def up(self) -> bool:
        """Whether the link is usable, as far as is known."""
        return self._wire is not None

    def subscribe(self, event_name: str, callback: OnEvent) -> None:
        """Call `callback` with every event of that name, while reading: it must be quick."""
        self._subscribers[event_name].append(callback)

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the link goes down."""
        self._when_lost.append(callback)

    def on_up(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the link is up again (the first time, `connect` returns)."""
        self._when_up.append(callback)

    async def connect(self) -> None:
        """Connect and log in, once; afterwards the link is kept up.

        Raises SwitchUnreachable when nobody answers, LineError when the login is refused.
        """
        await self._open()
        self._keeper = asyncio.create_task(self._keep(), name="ami-keeper")

    async def close(self) -> None:
        """Log off and stop keeping the link up."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
            self._keeper = None
        if wire := self._wire:
            self._wire = None
            wire.close()
            await asyncio.sleep(0)  # asyncio closes an aborted socket in its next round

    async def action(
        self,
        name: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109  part of the contract: each action has its own
    ) -> AmiMessage:
        """Send one action, once, and return the switch's answer.

        Raises `Refused` on `Response: Error`, SwitchUnreachable when the link is down, goes down or
        does not answer in time (whether the action was done is then unknown), and LineError for
        a name or value that cannot be sent.
        """
        return _accepted(name, await self._ask(name, fields, timeout, is_list=False))

    async def list(
        self,
        name: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> "list[AmiMessage]":
        """Send a list action (CoreShowChannels, DeviceStateList) and return its items."""
        asked = await self._ask(name, fields, timeout, is_list=True)
        _accepted(name, asked)
        return asked.items

    async def _ask(
        self,
        name: str,
        fields: Mapping[str, str | Sequence[str]] | None,
        deadline: float,
        is_list: bool,
    ) -> _Asked:
        if self._wire is None:
            raise SwitchUnreachable("The link to the switch is down.")
        return await self._wire.ask(name, fields or {}, deadline, is_list)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        wire: _Wire | None = None
        try:
            async with asyncio.timeout(self._pong_within):
                _, wire = await loop.create_connection(
                    lambda: _Wire(self._dispatch, self._wire_lost), *self._address
                )
                await asyncio.wait({wire.greeted})
                login = {"Username": self._user, "Secret": self._secret}
                _accepted("Login", await wire.ask("Login", login, self._pong_within, False))
        except OSError as error:  # TimeoutError is one
            if wire:
                wire.close()
            host, port = self._address
            numbered = error.errno is not None and error.errno > 0
            why = os.strerror(error.errno or 0) if numbered else str(error) or "it is silent"
            raise SwitchUnreachable(f"No switch answers on {host}, port {port}: {why}.") from error
        except LineError:
            if wire:
                wire.close()
            raise
        self._lost.clear()
        self._wire = wire

    async def _keep(self) -> None:
        while True:
            await self._until_lost()
            log.error("The link to the switch is down.")
            _tell(self._when_lost)
            await self._reopen()
            log.warning("The link to the switch is up again.")
            _tell(self._when_up)

    async def _until_lost(self) -> None:
        """Ping until a pong is missing or the connection is closed."""
        while not self._lost.is_set():
            try:
                async with asyncio.timeout(self._ping_every):
                    await self._lost.wait()
            except TimeoutError:
                await self._ping()

    async def _ping(self) -> None:
        try:
            await self.action("Ping", timeout=self._pong_within)
        except LineError:
            if self._wire:
                self._wire.close()

    async def _reopen(self) -> None:
        wait, longest = self._waits
        while True:
            await asyncio.sleep(wait)
            try:
                await self._open()
            except LineError as error:
                log.warning("%s Next attempt in %g seconds.", error, wait := min(wait * 2, longest))
            else:
                return

    def _wire_lost(self, wire: _Wire) -> None:
        if wire is self._wire:
            self._wire = None
            self._lost.set()

    def _dispatch(self, message: AmiMessage) -> None:
        for callback in self._subscribers.get(message["Event"], ()):
            try:
                callback(message)
            except Exception:  # a bug of one reader must not deafen the others
                log.exception("A reader of %s events failed.", message["Event"])


def _accepted(name: str, asked: _Asked) -> AmiMessage:
    answer = asked.answer.result()
    if answer.get("Response", "").lower() in {"error", "fail", "failure"}:
        raise Refused(name, answer.get("Message", ""))
    return answer


def _tell(callbacks: Sequence[Callable[[], Any]]) -> None:
    for callback in callbacks:
        try:
            callback()
        except Exception:  # as in _dispatch
            log.exception("Somebody who watches the link to the switch failed.")
