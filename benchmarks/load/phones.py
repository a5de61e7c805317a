"""What does an agent's phone under load do? It is registered, rings, answers, and soon hangs up."""

import asyncio
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from benchmarks.load.callers import speaker, voice
from benchmarks.load.rtp import Air, Mouth
from benchmarks.load.sip import Message, Wire, credentials, session
from ivr.agent import AgentAccount

RINGS = 0.2  # seconds until a phone is answered
TALKS = 1.0  # seconds from the caller's first sound until the agent hangs up
_ASK_AGAIN = 1.0
_REGISTERED_WITHIN, _A_PHONE = 10.0, 0.1  # seconds for all of them, and for each


@dataclass(slots=True)
class Ring:
    """One call as a phone had it: who was shown as calling, and when what happened (monotonic)."""

    phone: str
    caller: str
    rung: float
    heard: str = ""
    """Whose voice the phone heard: the caller's number, if they were joined."""


class Phones:
    """All agents' phones, behind one address. `rings` are their calls, by the caller's number."""

    def __init__(self, air: Air, talks: float = TALKS) -> None:
        self.rings: dict[str, list[Ring]] = {}
        self.talks = talks
        """Seconds from the caller's first sound until a phone hangs up."""
        self._air = air
        self._wire: Wire

    @classmethod
    async def open(cls, address: str, switch: tuple[str, int], talks: float = TALKS) -> "Phones":
        """Phones at `address`, not yet registered."""
        phones = cls(Air(address), talks)
        phones._wire = await Wire.open(address, switch, phones._serve)
        return phones

    def close(self) -> None:
        """All phones are unplugged."""
        self._air.close()
        self._wire.close()

    async def register(self, agents: Iterable[AgentAccount]) -> None:
        """Make the phones known to the switch."""
        known = tuple(agents)
        async with asyncio.timeout(_REGISTERED_WITHIN + _A_PHONE * len(known)):
            for agent in known:
                await self._register(agent)

    async def _register(self, agent: AgentAccount) -> None:
        host, port = self._wire.switch
        uri, who = f"sip:{host}:{port}", f"<sip:{agent.name}@{host}>"
        headers = {
            "From": f"{who};tag={secrets.token_hex(6)}",
            "To": who,
            "Call-ID": secrets.token_hex(12),
            "Contact": self._wire.contact(agent.name),
            "Expires": "3600",
        }
        challenge = await self._ask("REGISTER", uri, headers | {"CSeq": "1 REGISTER"})
        assert challenge.status == 401, challenge.start
        said = challenge["WWW-Authenticate"]
        mine = credentials(said, "REGISTER", uri, agent.name, agent.phone_secret)
        done = await self._ask(
            "REGISTER", uri, headers | {"CSeq": "2 REGISTER", "Authorization": mine}
        )
        assert done.status == 200, f"{agent.name}: {done.start}"

    async def _ask(self, method: str, uri: str, headers: dict[str, str]) -> Message:
        answers: asyncio.Queue[Message] = asyncio.Queue()
        self._wire.dialogs[headers["Call-ID"]] = answers.put_nowait
        try:
            while True:  # a switch that is reading its files drops what comes
                self._wire.request(method, uri, headers)
                with suppress(TimeoutError):
                    return await asyncio.wait_for(answers.get(), _ASK_AGAIN)
        finally:
            del self._wire.dialogs[headers["Call-ID"]]

    def _serve(self, message: Message) -> None:
        """A request outside of any call: is the phone there, or a new call."""
        if message.status:
            return
        if message.method == "INVITE":
            ring = Ring(message.user, message.caller, monotonic())
            self.rings.setdefault(ring.caller, []).append(ring)
            _PhoneCall(self._wire, self._air, ring, message, self.talks)
        elif message.method != "ACK":
            self._wire.reply(message, "200 OK", secrets.token_hex(6))


class _PhoneCall:
    def __init__(self, wire: Wire, air: Air, ring: Ring, invite: Message, talks: float) -> None:
        self._talks = talks
        self._wire, self._air, self._ring, self._invite = wire, air, ring, invite
        self._tag = secrets.token_hex(6)
        self._mouth: Mouth | None = None
        wire.dialogs[invite["Call-ID"]] = self._happened
        wire.reply(invite, "180 Ringing", self._tag)
        self._timer = asyncio.get_running_loop().call_later(RINGS, self._answer)

    def _answer(self) -> None:
        self._wire.reply(
            self._invite, "200 OK", self._tag, session(self._air.address, self._air.port)
        )
        if self._mouth is None:
            own = voice(self._ring.phone)
            self._mouth = self._air.connect(self._invite.audio, own, self._hear)

    def _hear(self, frame: bytes) -> None:
        if not self._ring.heard and (name := speaker(frame)) is not None:
            self._ring.heard = name
            self._timer = asyncio.get_running_loop().call_later(self._talks, self._hang_up)

    def _hang_up(self) -> None:
        self._wire.request(
            "BYE",
            self._invite.contact,
            {
                "From": f"{self._invite['To']};tag={self._tag}",
                "To": self._invite["From"],
                "Call-ID": self._invite["Call-ID"],
                "CSeq": "1 BYE",
            },
        )
        self._fall_silent()

    def _happened(self, message: Message) -> None:
        match message.method, message.status:
            case "INVITE", 0 if message["CSeq"] == self._invite["CSeq"]:
                self._wire.reply(message, "180 Ringing", self._tag)  # sent again: ours was late
            case "INVITE", 0:  # the switch says who is connected now
                body = session(self._air.address, self._air.port)
                self._wire.reply(message, "200 OK", self._tag, body)
            case "CANCEL", 0:
                self._wire.reply(message, "200 OK", self._tag)
                self._wire.reply(self._invite, "487 Request Terminated", self._tag)
                self._timer.cancel()
            case "BYE", 0:
                self._wire.reply(message, "200 OK", self._tag)
                self._timer.cancel()
                self._fall_silent()
                self._forget()
            case "UPDATE" | "OPTIONS", 0:
                self._wire.reply(message, "200 OK", self._tag)
            case "BYE", _:
                self._forget()

    def _fall_silent(self) -> None:
        if self._mouth is not None:
            self._air.disconnect(self._mouth)

    def _forget(self) -> None:
        self._wire.dialogs.pop(self._invite["Call-ID"], None)
