"""What does a caller's voice meet on its way? A network that delays packets and loses some.

Each telephone here has a socket of its own, speaks A-law in RTP, 20 ms a packet, and throws away what
it hears. Packets keep their order, as they do on one path through a network; what one waits, those
behind it wait too. tc's netem would do the same, but is in few kernels.
"""

import asyncio
import random
import socket
import struct
from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.load.dialog import Dialog
from benchmarks.load.rtp import ALAW, FRAME, SILENCE, TICK
from benchmarks.load.sip import Message, Wire
from speech.recognizer import Samples

_HEADER = struct.Struct("!BBHI4s")
_ANSWERED_WITHIN = 10.0
IN_ORDER = 1e-5  # seconds between packets; asyncio keeps no order in what is due at once


@dataclass(frozen=True, slots=True)
class Network:
    """Each packet is delayed by up to `jitter` seconds, and lost with the probability `loss`."""

    jitter: float = 0.0
    loss: float = 0.0


class Telephone:
    """One caller, from the answer on sending sound, if only silence."""

    def __init__(self, wire: Wire, number: str, dialled: str, chance: random.Random) -> None:
        self.network = Network()
        self._chance = chance
        self._sock = socket.socket(type=socket.SOCK_DGRAM)
        self._sock.bind((wire.here[0], 0))
        self._sock.setblocking(False)
        self._far = ("", 0)
        self._frames: deque[bytes] = deque()
        self._said = asyncio.Event()
        self._answered = asyncio.Event()
        self._talking: asyncio.Task[None] | None = None
        here: tuple[str, int] = self._sock.getsockname()
        self._dialog = Dialog(wire, number, dialled, here, self._begin, lambda why: None)
        self._dialog.invite()

    async def until_answered(self) -> None:
        """Wait for the answer."""
        await asyncio.wait_for(self._answered.wait(), _ANSWERED_WITHIN)

    async def say(self, sound: Samples) -> None:
        """Say it; returns when it has been said."""
        coded = alaw(sound).tobytes()
        frames = (coded[at : at + FRAME] for at in range(0, len(coded), FRAME))
        self._said.clear()
        self._frames.extend(frame.ljust(FRAME, SILENCE) for frame in frames)
        await self._said.wait()

    async def leave(self) -> None:
        """Hang up."""
        self._dialog.leave()
        if self._talking is not None:
            self._talking.cancel()
            await asyncio.wait({self._talking})
        self._sock.close()

    def _begin(self, answer: Message) -> None:
        self._far = answer.audio
        self._talking = asyncio.create_task(self._talk())
        self._answered.set()

    async def _talk(self) -> None:
        loop, source = asyncio.get_running_loop(), self._chance.randbytes(4)
        sequence = time = 0
        due = arrives = loop.time()
        while True:
            frame = self._frames.popleft() if self._frames else SILENCE * FRAME
            if not self._frames:
                self._said.set()
            sequence, time = (sequence + 1) & 0xFFFF, (time + FRAME) & 0xFFFFFFFF
            packet = _HEADER.pack(0x80, ALAW, sequence, time, source) + frame
            if self._chance.random() >= self.network.loss:
                late = self._chance.uniform(0, self.network.jitter)
                arrives = max(arrives + IN_ORDER, due + late)
                loop.call_at(arrives, self._send, packet)
            due = max(due + TICK, loop.time() - TICK)  # what was missed is not made up for
            await asyncio.sleep(due - loop.time())

    def _send(self, packet: bytes) -> None:
        try:
            self._sock.sendto(packet, self._far)
        except OSError:  # the call is over, or the kernel is full: the packet is lost
            return


def alaw(sound: Samples) -> npt.NDArray[np.uint8]:
    """Sound as ITU-T G.711 A-law codes it."""
    level = np.minimum(np.abs(sound.astype(np.int32)) >> 3, 4095)
    exponent = np.maximum(np.floor(np.log2(np.maximum(level, 1))).astype(np.int32) - 4, 0)
    mantissa = np.where(exponent > 1, level >> np.maximum(exponent, 1), level >> 1) & 15
    code = (exponent << 4) | mantissa
    found: npt.NDArray[np.uint8] = ((code | np.where(sound >= 0, 0x80, 0)) ^ 0x55).astype(np.uint8)
    return found
