"""What do benchmarks of callers who speak stand on? A switch, and the engine's ears beside it."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.callers import Clip
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.audiosocket import AudioSocket
from ivr.line.asterisk.call_sound import Conversation, Samples
from ivr.line.asterisk.ears import Ears
from ivr.line.asterisk.inbound import Inbound
from ivr.line.commands import Listen, Spoken, Utterance
from ivr.line.line import Arrival, Line
from speech.hearing import Hearing
from tests.rig.rig import Switches

AUDIBLE = 0.1
"""A frame is voice if it is so loud beside the loudest of the turn."""
PROMPT = Spoken("…", "ko", name="prompt")


@dataclass(slots=True)
class Turn:
    """One turn as the engine saw it: each frame's arrival and loudness, and what came of it."""

    clip: Clip
    arrived: list[tuple[float, float]] = field(default_factory=list)
    sound: list[Samples] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set as soon as the caller's sound comes."""
    conversation: Conversation | None = None
    answered: float = 0.0
    text: str = ""
    language: str = ""
    confidence: float = 0.0

    def voice(self) -> tuple[float, float]:
        """When the first and the last frame with voice arrived."""
        loudest = max(level for _, level in self.arrived)
        heard = [at for at, level in self.arrived if level > AUDIBLE * loudest]
        return heard[0], heard[-1]


_turn: ContextVar[Turn] = ContextVar("turn")


class Tapped(AudioSocket):
    """Notes when sound arrives, and which."""

    def expect(
        self, on_sound: Callable[[Samples], None], on_key: Callable[[str], None]
    ) -> Conversation:
        turn, clock = _turn.get(), asyncio.get_running_loop().time

        def tap(samples: Samples) -> None:
            level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
            turn.arrived.append((clock(), level))
            turn.sound.append(samples)
            turn.heard.set()
            on_sound(samples)

        turn.conversation = super().expect(tap, on_key)
        return turn.conversation


@asynccontextmanager
async def engine(
    switches: Switches, hearing: Hearing, prompt: Path
) -> AsyncIterator["asyncio.Queue[Line]"]:
    """The lines of calls, as they come; whatever is said on them is `prompt`."""
    gc.collect()
    gc.freeze()  # as careline serve does
    lines: asyncio.Queue[Line] = asyncio.Queue()

    async def on_call(_: Arrival, line: Line) -> None:
        await lines.put(line)

    async def audio(_: Spoken) -> Path:
        return prompt

    async def no_feature(*_: object) -> None:
        """Nobody dials one."""

    def trouble(call_id: str, why: str) -> None:
        raise AssertionError(f"{call_id}: {why}")

    async with AsyncExitStack() as stack:
        ami = Ami("127.0.0.1", switches.ami_port, "careline", switches.engine_secret)
        await ami.connect()
        stack.push_async_callback(ami.close)
        sockets = Tapped()
        await sockets.open()
        stack.push_async_callback(sockets.close)
        ears = Ears(hearing, sockets, trouble)
        inbound = Inbound(ami, lambda _: audio, lambda _: None, on_call, no_feature, ears)
        await inbound.start()
        stack.push_async_callback(inbound.stop)
        yield lines


async def asked(line: Line, turn: Turn, listen: Listen) -> Turn:
    """Perform `listen`, of which this turn is to come."""
    _turn.set(turn)
    outcome = await line.perform(listen)
    turn.answered = asyncio.get_running_loop().time()
    if isinstance(outcome, Utterance):
        turn.text, turn.language = outcome.text, outcome.language
        turn.confidence = outcome.confidence
    return turn
