"""An agent's phone that can fall silent as it rings: out of reach, and it says nothing of it.

    async with cordless(rig, "ana") as phone:
        await phone.rings.wait()
        phone.there = False

It rings and answers OPTIONS as RFC 3261 has it, and is never picked up.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from ivr.switch import agents as switch_agents
from tests.rig.ami import Message
from tests.rig.rig import Rig

COPIED = ("via", "from", "call-id", "cseq")
"""Headers of a request that its answer has too, besides To."""
ANSWERS = {"OPTIONS": "200 OK", "INVITE": "180 Ringing", "CANCEL": "200 OK"}


class Cordless(asyncio.DatagramProtocol):
    """The phone. `rings` is set when it is rung."""

    def __init__(self, agent: str) -> None:
        self.agent = agent
        self.there = True
        self.rings = asyncio.Event()
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a request, while it is in reach."""
        first, *headers = data.decode().partition("\r\n\r\n")[0].split("\r\n")
        method = first.partition(" ")[0]
        if not self.there or method not in ANSWERS or self._transport is None:
            return
        if method == "INVITE":
            self.rings.set()
        copied = [one for one in headers if one.partition(":")[0].lower() in COPIED]
        to = next(one for one in headers if one.lower().startswith("to:"))
        lines = [f"SIP/2.0 {ANSWERS[method]}", *copied, f"{to};tag=cordless", "Content-Length: 0"]
        self._transport.sendto("\r\n".join([*lines, "", ""]).encode(), addr)

    async def until_found(self, rig: Rig) -> None:
        """Wait until the hotline knows that it is there."""
        found = asyncio.Event()

        def happened(message: Message) -> None:
            if message.get("ContactStatus") == "Reachable" and f":{self.port}" in message["URI"]:
                found.set()

        rig.ami.on_event(happened)
        await rig.ami.action("PJSIPQualify", Endpoint=self.agent)
        await asyncio.wait_for(found.wait(), 10)


@asynccontextmanager
async def cordless(rig: Rig, agent: str) -> AsyncIterator[Cordless]:
    """Give `agent`, who is known to the hotline, such a phone in place of their own."""
    loop = asyncio.get_running_loop()
    transport, phone = await loop.create_datagram_endpoint(
        lambda: Cordless(agent), ("127.0.0.1", 0)
    )
    await rig.carrier.unplug(agent)
    file = rig.switches.hotline.etc / "careline_pjsip_agents.conf"
    shipped = file.read_text(encoding="utf-8")
    address = f"[{agent}](careline-phone-address)"
    assert address in shipped
    contact = f"{address}\ncontact = sip:{agent}@127.0.0.1:{phone.port}"
    file.write_text(shipped.replace(address, contact), encoding="utf-8")
    ami = switch_agents.Address(port=rig.switches.ami_port)
    assert switch_agents.reload(rig.switches.home, ami, ("res_pjsip.so",))
    try:
        await phone.until_found(rig)
        yield phone
    finally:
        transport.close()
