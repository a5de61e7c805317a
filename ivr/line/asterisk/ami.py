"""How do we talk to Asterisk's manager interface (AMI) without being let down by it?

Every action has a deadline, nothing is sent twice, a link that answers no ping is declared dead, and
a link that is down is made anew.
"""

import asyncio
import logging
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ivr.errors import LineError, SwitchUnreachable
from ivr.line.asterisk.failures import Meaning, meaning
from ivr.line.asterisk.wire import AmiMessage, Asked, OnEvent, Wire

log = logging.getLogger(__name__)


class Refused(LineError):
    """The switch answered `Response: Error`. `meaning` is what that says about the call."""

    def __init__(self, action: str, text: str) -> None:
        super().__init__(f"The switch refused {action}: {text or 'no reason given'}")
        self.meaning: Meaning = meaning(text)


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
        self._wire: Wire | None = None
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
    ) -> Asked:
        if self._wire is None:
            raise SwitchUnreachable("The link to the switch is down.")
        return await self._wire.ask(name, fields or {}, deadline, is_list)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        wire: Wire | None = None
        try:
            async with asyncio.timeout(self._pong_within):
                _, wire = await loop.create_connection(
                    lambda: Wire(self._dispatch, self._wire_lost), *self._address
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

    def _wire_lost(self, wire: Wire) -> None:
        if wire is self._wire:
            self._wire = None
            self._lost.set()

    def _dispatch(self, message: AmiMessage) -> None:
        for callback in self._subscribers.get(message["Event"], ()):
            try:
                callback(message)
            except Exception:  # a bug of one reader must not deafen the others
                log.exception("A reader of %s events failed.", message["Event"])


def _accepted(name: str, asked: Asked) -> AmiMessage:
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
