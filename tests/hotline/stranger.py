"""A caller who speaks SIP by hand, and so can put into a request what no telephone would.

It comes from the carrier's address, as everything the carrier lets pass does. Only what one call
needs is there: INVITE, ACK, BYE (RFC 3261), and keys as telephone events (RFC 4733).
"""

import asyncio
import itertools
import re
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from tests.rig.carrier_switch import TRUNK_ADDRESS
from tests.rig.rig import Switches

_calls = itertools.count(1)


class Stranger(asyncio.DatagramProtocol):
    """One call. `who` is what stands in the header From, `dialled` the user of the request."""

    def __init__(
        self, hotline: tuple[str, int], who: str, dialled: str, media: asyncio.DatagramTransport
    ) -> None:
        self._hotline = hotline
        self._who = f"{who};tag=stranger"
        self._target = f"sip:{dialled}@{hotline[0]}:{hotline[1]}"
        self._to = f"<{self._target}>"
        self._id = f"stranger-{next(_calls)}"
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._media = media

    @classmethod
    @asynccontextmanager
    async def ready(
        cls, switches: Switches, who: str, dialled: str = "95588"
    ) -> AsyncIterator["Stranger"]:
        """Somebody who is about to ring the hotline, and hangs up at the end."""
        loop = asyncio.get_running_loop()
        hotline = (switches.wiring.sip_address, switches.wiring.sip_port)
        media, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=(TRUNK_ADDRESS, 0)
        )
        signals, stranger = await loop.create_datagram_endpoint(
            lambda: cls(hotline, who, dialled, media), local_addr=(TRUNK_ADDRESS, 0)
        )
        try:
            yield stranger
            stranger.send("BYE", 2)
            await asyncio.sleep(0.1)  # until it is on its way
        finally:
            signals.close()
            media.close()

    async def rings(self, headers: str = "") -> None:
        """Send the INVITE; `headers` to be added end with CR and LF."""
        port = self._media.get_extra_info("sockname")[1]
        body = (
            "v=0", f"o=- 1 1 IN IP4 {TRUNK_ADDRESS}", "s=-", f"c=IN IP4 {TRUNK_ADDRESS}", "t=0 0",
            f"m=audio {port} RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000", "",
        )  # fmt: skip
        headers += "Content-Type: application/sdp\r\n"
        self.send("INVITE", 1, headers, "\r\n".join(body))

    async def until_answered(self) -> None:
        """Wait for "200 OK"."""
        async with asyncio.timeout(30):
            await asyncio.shield(self._answer)

    async def press(self, key: str) -> None:
        """Press one key for a tenth of a second."""
        address, port = self._where_media_goes(await self._answer)
        code = "0123456789*#".index(key)
        for count in range(1, 9):
            ended = 0x80 if count > 5 else 0  # the end is said three times
            event = struct.pack("!BBH", code, ended | 10, min(count, 6) * 160)
            marker = 0x80 if count == 1 else 0
            header = struct.pack("!BBHII", 0x80, marker | 101, count, 4000, 1)
            self._media.sendto(header + event, (address, port))
            await asyncio.sleep(0.02)

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._signals = cast(asyncio.DatagramTransport, transport)
        self._port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode(errors="replace")
        if text.startswith("SIP/2.0 200") and "INVITE" in text and not self._answer.done():
            self._to = re.findall(r"(?im)^To: *(.*?)\r?$", text)[0]
            self._answer.set_result(text)
            self.send("ACK", 1)

    # SIP

    def send(self, method: str, number: int, headers: str = "", body: str = "") -> None:
        """Send a request of this call."""
        address = f"{TRUNK_ADDRESS}:{self._port}"
        request = (
            f"{method} {self._target} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {address};rport;branch=z9hG4bK-{self._id}-{method}\r\n"
            f"Max-Forwards: 70\r\nCall-ID: {self._id}-{self._port}\r\nCSeq: {number} {method}\r\n"
            f"From: {self._who}\r\nTo: {self._to}\r\nContact: <sip:stranger@{address}>\r\n"
            f"{headers}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        # Bytes that are no UTF-8 come as surrogates.
        self._signals.sendto(request.encode(errors="surrogateescape"), self._hotline)

    @staticmethod
    def _where_media_goes(answer: str) -> tuple[str, int]:
        address = re.findall(r"(?m)^c=IN IP4 (\S+)", answer)[0]
        return address, int(re.findall(r"(?m)^m=audio (\d+)", answer)[0])
