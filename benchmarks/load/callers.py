"""What does a caller under load do? Rings, listens, presses a key, talks, and notices it all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from benchmarks.load.dialog import Dialog
from benchmarks.load.rtp import Air, Mouth
from benchmarks.load.sip import Message, Wire

VOICE = b"voice of %s;"
"""What a leg says: its own name, in bytes that pass the switch unchanged."""


def voice(name: str) -> bytes:
    """The frame that says `name`."""
    return VOICE % name.encode()


def speaker(frame: bytes) -> str | None:
    """Whose voice is in a frame; None if it is no leg's."""
    if not frame.startswith(b"voice of "):
        return None
    return frame[len(b"voice of ") :].partition(b";")[0].decode()


@dataclass(slots=True)
class Call:
    """One call as its caller had it. Moments are seconds of a monotonic clock, None: never."""

    number: str
    dialled: str
    invited: float = 0.0
    answered: float | None = None
    keyed: float | None = None
    prompt_frames: int = 0
    """Packets of the menu's audio that came before the key, each the very bytes it is made of."""
    joined: float | None = None
    agent: str = ""
    """Whose voice the caller heard."""
    ended: float | None = None
    failure: str = ""


Task = asyncio.Task[None]


class Callers:
    """The callers' end of the trunk. `prompt` are the frames by which the menu is recognised."""

    def __init__(self, wire: Wire, air: Air, prompt: frozenset[bytes]) -> None:
        self._wire = wire
        self._air = air
        self._prompt = prompt

    @classmethod
    async def open(
        cls,
        address: str,
        switch: tuple[str, int],
        prompt: frozenset[bytes],
        air: Callable[[str], Air] = Air,
    ) -> "Callers":
        """Callers whose trunk comes from `address`."""
        wire = await Wire.open(address, switch, lambda message: None)
        return cls(wire, air(address), prompt)

    def begin(self, number: str, dialled: str, key: str, after: float) -> tuple[Call, Task]:
        """Ring, and stay on the line until the other side hangs up or the task is cancelled."""
        one = _OneCall(self._wire, self._air, self._prompt, Call(number, dialled))

        async def stay() -> None:
            try:
                await one.run(key, after)
            finally:
                one.leave()

        return one.call, asyncio.create_task(stay())

    @property
    def late(self) -> float:
        """How far the sending of sound fell behind, at worst, in seconds."""
        return self._air.late

    def forget_lateness(self) -> None:
        """Begin to watch anew."""
        self._air.late = 0.0

    def close(self) -> None:
        """No more calls."""
        self._air.close()
        self._wire.close()

    async def call(self, number: str, dialled: str, key: str, after: float, within: float) -> Call:
        """Ring, press `key` `after` seconds into the answer, and talk until the agent hangs up."""
        one = _OneCall(self._wire, self._air, self._prompt, Call(number, dialled))
        try:
            async with asyncio.timeout(within):
                await one.run(key, after)
        except TimeoutError:
            one.call.failure = f"not over after {within:.0f} s"
        finally:
            one.leave()
        return one.call


class _OneCall:
    def __init__(self, wire: Wire, air: Air, prompt: frozenset[bytes], call: Call) -> None:
        self.call = call
        self._air, self._prompt = air, prompt
        self._mouth: Mouth | None = None
        self._answered = asyncio.Event()
        self._ended = asyncio.Event()
        hears = (air.address, air.port)
        self._dialog = Dialog(wire, call.number, call.dialled, hears, self._begin, self._end)

    async def run(self, key: str, after: float) -> None:
        self.call.invited = monotonic()
        self._dialog.invite()
        await self._answered.wait()
        await asyncio.sleep(after)
        if self._mouth is not None and key:
            self._mouth.press(key, self._keyed)
        await self._ended.wait()

    def leave(self) -> None:
        """Forget the call; one that is still there is hung up."""
        if self._mouth is not None:
            self._air.disconnect(self._mouth)
        self._dialog.leave()

    def _begin(self, answer: Message) -> None:
        self.call.answered = monotonic()
        self._mouth = self._air.connect(answer.audio, voice(self.call.number), self._hear)
        self._answered.set()

    def _end(self, why: str) -> None:
        if why:
            self.call.failure = why
            self._answered.set()
        else:
            self.call.ended = monotonic()
        self._ended.set()

    def _keyed(self) -> None:
        self.call.keyed = monotonic()

    def _hear(self, frame: bytes) -> None:
        call = self.call
        if call.keyed is None:
            call.prompt_frames += frame in self._prompt
        elif call.joined is None and (name := speaker(frame)) is not None:
            call.joined, call.agent = monotonic(), name
