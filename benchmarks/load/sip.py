"""How are the few SIP messages of a call written and read? RFC 3261, over UDP, on one machine.

As much as a load needs: a caller who rings and is hung up on, and a phone that is registered and
answers. Nothing is sent again, so a message that the switch loses is a call that failed.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.load.rtp import ALAW, EVENTS

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response. Headers that may come more than once are kept in their order."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @classmethod
    def read(cls, data: bytes) -> "Message":
        """Read a datagram."""
        head, _, body = data.decode().partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(start, tuple((name.strip(), value.strip()) for name, _, value in pairs), body)

    @property
    def status(self) -> int:
        """A response's code; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """What is asked, or what this is the answer to."""
        return self["CSeq"].split()[1]

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def contact(self) -> str:
        """The URI of the other side itself."""
        return _between(self["Contact"], "<", ">")

    @property
    def user(self) -> str:
        """The user part of the URI that a request asks for."""
        return self.start.split()[1].removeprefix("sip:").partition("@")[0]

    @property
    def caller(self) -> str:
        """The user part of From."""
        return _between(self["From"], "<sip:", "@")

    @property
    def audio(self) -> Address:
        """Where the other side wants to hear."""
        host = re.search(r"^c=IN IP4 (\S+)", self.body, re.MULTILINE)
        port = re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)
        assert host and port, f"{self.start} says nothing of audio"
        return host[1], int(port[1])


def _between(text: str, before: str, after: str) -> str:
    return text.partition(before)[2].partition(after)[0]


def session(address: str, port: int) -> str:
    """An SDP offer or answer: A-law and keys, heard at that address."""
    lines = (
        "v=0",
        f"o=- 1 1 IN IP4 {address}",
        "s=-",
        f"c=IN IP4 {address}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {ALAW} {EVENTS}",
        f"a=rtpmap:{ALAW} PCMA/8000",
        f"a=rtpmap:{EVENTS} telephone-event/8000",
        f"a=fmtp:{EVENTS} 0-15",
        "a=ptime:20",
        "",
    )
    return "\r\n".join(lines)


class Wire(asyncio.DatagramProtocol):
    """A SIP socket of callers or phones. Responses go to who asked, by Call-ID; requests to `serve`
    unless a dialog has them."""

    def __init__(self, switch: Address, serve: Callable[[Message], None]) -> None:
        self.switch = switch
        self.here: Address = ("", 0)
        self.dialogs: dict[str, Callable[[Message], None]] = {}
        self._serve = serve
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, address: str, switch: Address, serve: Callable[[Message], None]) -> "Wire":
        """A socket on `address` that talks with `switch`."""
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_datagram_endpoint(
            lambda: cls(switch, serve), local_addr=(address, 0)
        )
        return wire

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """The socket is there."""
        self._transport = transport
        self.here = transport.get_extra_info("sockname")

    def datagram_received(self, data: bytes, addr: tuple[object, ...]) -> None:
        """A message has come."""
        message = Message.read(data)
        self.dialogs.get(message["Call-ID"], self._serve)(message)

    def close(self) -> None:
        """Close the socket."""
        assert self._transport is not None
        self._transport.close()

    def request(
        self, method: str, uri: str, headers: Mapping[str, str], body: str = "", via: str = ""
    ) -> str:
        """Send a request; `headers` has From, To, Call-ID and CSeq. Returns its Via."""
        host, port = self.here
        via = via or f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{secrets.token_hex(8)};rport"
        self._send(f"{method} {uri} SIP/2.0", {"Via": via, "Max-Forwards": "70", **headers}, body)
        return via

    def reply(self, request: Message, status: str, tag: str = "", body: str = "") -> None:
        """Answer a request, such as with status "200 OK"."""
        lines = [f"{name}: {value}" for name, value in request.headers if name in _ECHOED]
        to = request["To"]
        lines.append(f"To: {to}" if "tag=" in to or not tag else f"To: {to};tag={tag}")
        lines.append(f"Contact: {self.contact(request.user)}")
        self._put(f"SIP/2.0 {status}", lines, body)

    def contact(self, user: str) -> str:
        """Where `user` of this socket is reached."""
        return f"<sip:{user}@{self.here[0]}:{self.here[1]}>"

    def _send(self, start: str, headers: Mapping[str, str], body: str) -> None:
        self._put(start, [f"{name}: {value}" for name, value in headers.items()], body)

    def _put(self, start: str, lines: list[str], body: str) -> None:
        assert self._transport is not None
        kind = ["Content-Type: application/sdp"] if body else []
        length = f"Content-Length: {len(body.encode())}"
        text = "\r\n".join([start, *lines, *kind, length, "", body])
        self._transport.sendto(text.encode(), self.switch)


_ECHOED = ("Via", "From", "Call-ID", "CSeq", "Record-Route")


def credentials(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The Authorization header that answers a digest challenge (RFC 2617, MD5, qop auth)."""
    realm, nonce = (re.search(rf'{key}="([^"]*)"', challenge) for key in ("realm", "nonce"))
    opaque = re.search(r'opaque="([^"]*)"', challenge)
    assert realm and nonce, f"no challenge of ours: {challenge}"
    mine = secrets.token_hex(8)
    secret = _md5(f"{user}:{realm[1]}:{password}")
    answer = _md5(f"{secret}:{nonce[1]}:00000001:{mine}:auth:{_md5(f'{method}:{uri}')}")
    fields = (
        f'username="{user}"',
        f'realm="{realm[1]}"',
        f'nonce="{nonce[1]}"',
        f'uri="{uri}"',
        f'response="{answer}"',
        "algorithm=MD5",
        "qop=auth",
        "nc=00000001",
        f'cnonce="{mine}"',
        *([f'opaque="{opaque[1]}"'] if opaque else []),
    )
    return "Digest " + ", ".join(fields)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
