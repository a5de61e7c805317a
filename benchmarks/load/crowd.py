"""Who waits in the queues? Callers who throw away what they hear: the cheapest there are.

The switch plays them its music and announcements as to anybody. Their packets end in a socket that
nobody reads, so that a crowd costs the switch what it costs, and this program next to nothing. They
send nothing either, like telephones that suppress silence, until they are told to `speak`.
"""

import asyncio
import socket
from collections.abc import Iterator

from benchmarks.load.callers import voice
from benchmarks.load.dialog import Dialog
from benchmarks.load.rtp import Air, Mouth
from benchmarks.load.sip import Message, Wire

_ANSWERED_WITHIN = 20.0
_AT_ONCE = 8  # callers who ring at the same time while a crowd comes in
_BETWEEN = 0.005  # seconds between two who hang up: a hundred at once is more than a socket holds


class Waiting:
    """One caller of a crowd, on hold until an agent hangs up on them."""

    def __init__(
        self, wire: Wire, air: Air, number: str, dialled: str, hears: tuple[str, int]
    ) -> None:
        self.number = number
        self.failure = ""
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self._air = air
        self._far = ("", 0)
        self._mouth: Mouth | None = None
        self._dialog = Dialog(wire, number, dialled, hears, self._begin, self._end)
        self._dialog.invite()

    def speak(self) -> None:
        """Send sound from now on, as most telephones do all the time."""
        if self._mouth is None and not self.ended.is_set():
            self._mouth = self._air.connect(self._far, voice(self.number), lambda frame: None)

    def leave(self) -> None:
        """Hang up, if the switch has not."""
        self._fall_silent()
        self._dialog.leave()

    def _begin(self, answer: Message) -> None:
        self._far = answer.audio
        self.answered.set()

    def _end(self, why: str) -> None:
        self._fall_silent()
        self.failure = why
        self.answered.set()
        self.ended.set()

    def _fall_silent(self) -> None:
        if self._mouth is not None:
            self._air.disconnect(self._mouth)


class Crowd:
    """All who wait, whichever number they dialled; each rings from a number of its own."""

    def __init__(self, wire: Wire, air: Air, hole: socket.socket, numbers: Iterator[str]) -> None:
        self._wire, self._air, self._hole, self._numbers = wire, air, hole, numbers
        self._all: list[Waiting] = []

    @classmethod
    async def open(cls, address: str, switch: tuple[str, int], numbers: Iterator[str]) -> "Crowd":
        """Callers whose trunk comes from `address`, with the next of `numbers` each."""
        hole = socket.socket(type=socket.SOCK_DGRAM)
        hole.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the least the kernel allows
        hole.bind((address, 0))
        wire = await Wire.open(address, switch, lambda message: None)
        return cls(wire, Air(address), hole, numbers)

    async def ring(self, dialled: str) -> Waiting:
        """One more; returns when the switch has answered."""
        number, hears = next(self._numbers), self._hole.getsockname()
        waiting = Waiting(self._wire, self._air, number, dialled, hears)
        self._all.append(waiting)
        await asyncio.wait_for(waiting.answered.wait(), _ANSWERED_WITHIN)
        assert not waiting.failure, f"{dialled} refused {waiting.number}: {waiting.failure}"
        return waiting

    async def come_in(self, dialled: str, count: int) -> list[Waiting]:
        """So many more, in the order in which they were answered."""
        come: list[Waiting] = []
        left = iter(range(count))

        async def one_by_one() -> None:
            for _ in left:
                come.append(await self.ring(dialled))

        await asyncio.gather(*(one_by_one() for _ in range(_AT_ONCE)))
        return come

    async def close(self) -> None:
        """All who still wait hang up."""
        for waiting in self._all:
            if not waiting.ended.is_set():
                waiting.leave()
                await asyncio.sleep(_BETWEEN)
        self._wire.close()
        self._air.close()
        self._hole.close()
