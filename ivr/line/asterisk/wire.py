"""What goes over one connection to Asterisk's manager interface (AMI), and what of it is believed?

The only file that imports panoramisk. Its messages, actions and protocol are used, its `Manager` is
not: that reconnects and sends again by itself. What a hotline cannot live with is closed here and in
`ami`: every action has a deadline, nothing is sent twice, a name or value with a line break is
refused, a message with a doubled header is not believed, and bytes are decoded a whole message at a
time.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from ivr.errors import LineError, SwitchUnreachable

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


@dataclass(slots=True)
class Asked:
    """An action on its way: its answer, and for a list action the items so far."""

    answer: "asyncio.Future[AmiMessage]"
    items: list[AmiMessage] = field(default_factory=list)
    is_list: bool = False


class Wire(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """One connection. It is never revived: a new link is a new wire."""

    def __init__(self, dispatch: OnEvent, on_lost: Callable[["Wire"], None]) -> None:
        self._dispatch = dispatch
        self._on_lost = on_lost
        self._received = bytearray()
        self._asked: dict[str, Asked] = {}
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
    ) -> Asked:
        """Send an action and wait for its answer (for the last item, if it is a list action)."""
        action = checked(name, fields)
        asked = Asked(asyncio.get_running_loop().create_future(), is_list=is_list)
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


def _lose(asked: Asked) -> None:
    if not asked.answer.done():
        asked.answer.set_exception(SwitchUnreachable("The link to the switch went down."))


def checked(name: str, fields: Mapping[str, str | Sequence[str]]) -> Action:
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
