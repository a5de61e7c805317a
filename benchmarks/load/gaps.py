"""How evenly does sound come? By the kernel's own clock, so that a load that is late harms nobody.

A telephone keeps some 60 ms of sound to bridge what comes late; what comes later is heard as a gap.
"""

import socket
import struct

from benchmarks.load.rtp import ALAW, FRAME, HEADER, Air

LATE, PAUSE = 0.06, 1.0
"""Seconds after the packet before: from the first on a listener hears a gap; from the second on
nothing was being said."""

_SO_TIMESTAMPNS = 35  # socket(7); Python has no name for it
_SPEC = struct.Struct("ll")
_ANCILLARY = socket.CMSG_SPACE(_SPEC.size)


class Listening(Air):
    """An `Air` that counts, from `begin` on, packets of sound and those that came late."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.packets = self.gaps = 0
        self.worst = 0.0
        self._last: dict[int, float] = {}

    def begin(self) -> None:
        """Count anew."""
        self.packets = self.gaps = 0
        self.worst = 0.0
        self._last.clear()

    def _hear(self) -> None:
        buffer, ears, last = self._buffer, self._ears, self._last
        try:
            for _ in range(500):  # then others get a turn
                length, told, _, (_, port) = self._sock.recvmsg_into([buffer], _ANCILLARY)
                if length != HEADER.size + FRAME or buffer[1] & 0x7F != ALAW or port not in ears:
                    continue
                seconds, nanoseconds = _SPEC.unpack(told[0][2])
                now = seconds + nanoseconds / 1e9
                waited = now - last.get(port, now)
                last[port] = now
                self.packets += 1
                if LATE < waited < PAUSE:
                    self.gaps += 1
                    self.worst = max(self.worst, waited)
                ears[port](bytes(memoryview(buffer)[HEADER.size : length]))
        except BlockingIOError:
            return
