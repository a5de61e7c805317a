"""How do hundreds of telephones speak and hear from one program? RTP, A-law, 20 ms a packet.

All of them share one UDP socket: a switch has a port of its own for each leg, and by that port they
are told apart. So a packet costs one system call, and what the load costs stays small.
"""

import asyncio
import random
import socket
import struct
from collections.abc import Callable
from time import monotonic

TICK = 0.02
FRAME = 160  # bytes: 20 ms at 8 kHz
ALAW = 8
EVENTS = 101  # the payload type that our offers and answers give to telephone-event (RFC 4733)
KEY_TICKS = 5  # a key is pressed for 100 ms
SILENCE = b"\xd5"

HEADER = struct.Struct("!BBHI4s")
_EVENT = struct.Struct("!BBH")
_BUFFER = 1 << 23  # bytes the kernel keeps for us while we do something else


class Mouth:
    """What one telephone says: a frame, over and over, and keys between."""

    __slots__ = ("_key", "_packet", "_pressed", "_sequence", "_source", "_time", "far")

    def __init__(self, far: tuple[str, int], voice: bytes) -> None:
        self.far = far
        self._source = random.randbytes(4)
        self._sequence = random.randrange(1 << 15)
        self._time = random.randrange(1 << 31)
        self._packet = bytearray(HEADER.size) + voice.ljust(FRAME, SILENCE)[:FRAME]
        self._key: tuple[int, int] | None = None  # which, and for how many ticks already
        self._pressed: Callable[[], None] | None = None

    def press(self, key: str, then: Callable[[], None]) -> None:
        """Press a digit; `then` is called when it is released."""
        self._key, self._pressed = (int(key), 0), then

    def speak(self, sock: socket.socket) -> None:
        """Send what is due in this tick."""
        if self._key is not None:
            self._send_key(sock, *self._key)
        else:
            self._head(ALAW, self._time)
            sock.sendto(self._packet, self.far)
        self._time += FRAME

    def _head(self, kind: int, time: int, marker: int = 0) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        stamp = time & 0xFFFFFFFF
        head = (0x80, kind | marker, self._sequence, stamp, self._source)
        HEADER.pack_into(self._packet, 0, *head)

    def _send_key(self, sock: socket.socket, key: int, ticks: int) -> None:
        begun = self._time - ticks * FRAME
        ends = ticks == KEY_TICKS
        event = _EVENT.pack(key, 0x8A if ends else 0x0A, (ticks + 1) * FRAME)
        for _ in range(3 if ends else 1):  # the end is sent three times, should one be lost
            self._head(EVENTS, begun, 0x80 if ticks == 0 else 0)
            sock.sendto(self._packet[: HEADER.size] + event, self.far)
        self._key = None if ends else (key, ticks + 1)
        if ends and self._pressed is not None:
            self._pressed()


class Air:
    """The socket, and who speaks and hears through it. `late` is how far it fell behind, at worst."""

    def __init__(self, address: str) -> None:
        self._sock = socket.socket(type=socket.SOCK_DGRAM)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._sock.setblocking(False)
        self._sock.bind((address, 0))
        self.address, self.port = self._sock.getsockname()
        self.late = 0.0
        self._mouths: dict[int, Mouth] = {}
        self._ears: dict[int, Callable[[bytes], None]] = {}
        self._buffer = bytearray(2048)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._sock, self._hear)
        self._due = monotonic()
        self._timer = self._loop.call_soon(self._tick)

    def connect(self, far: tuple[str, int], voice: bytes, ear: Callable[[bytes], None]) -> Mouth:
        """A telephone begins to say `voice` to `far`; `ear` gets each frame that comes from there."""
        mouth = self._mouths[far[1]] = Mouth(far, voice)
        self._ears[far[1]] = ear
        return mouth

    def disconnect(self, mouth: Mouth) -> None:
        """A telephone falls silent; its port may have another's call by now."""
        if self._mouths.get(mouth.far[1]) is mouth:
            del self._mouths[mouth.far[1]], self._ears[mouth.far[1]]

    def close(self) -> None:
        """Nobody speaks any more."""
        self._timer.cancel()
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _tick(self) -> None:
        self.late = max(self.late, monotonic() - self._due)
        for mouth in self._mouths.values():
            try:
                mouth.speak(self._sock)
            except BlockingIOError:  # the kernel is full; on a real line the packet is lost too
                continue
        self._due = max(self._due + TICK, monotonic() - TICK)
        self._timer = self._loop.call_later(self._due - monotonic(), self._tick)

    def _hear(self) -> None:
        buffer, ears, receive = self._buffer, self._ears, self._sock.recvfrom_into
        try:
            for _ in range(500):  # then others get a turn
                length, (_, port) = receive(buffer)
                if length == HEADER.size + FRAME and buffer[1] & 0x7F == ALAW and port in ears:
                    ears[port](bytes(memoryview(buffer)[HEADER.size : length]))
        except BlockingIOError:
            return
