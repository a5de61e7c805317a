"""How soon is a caller answered who speaks, over a real switch, and how soon does a prompt stop?"""

import asyncio
import shutil
import tempfile
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks import machine
from benchmarks.callers import Clip, clips
from benchmarks.figures import Series
from benchmarks.report import Claim, Report
from ivr.line import voice_file
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.audiosocket import AudioSocket, Conversation, Samples
from ivr.line.asterisk.ears import Ears
from ivr.line.asterisk.inbound import Inbound
from ivr.line.commands import Grammar, Hangup, Listen, Speech, Spoken, Utterance
from ivr.line.line import Arrival, Line
from ivr.switch import install
from speech import models
from speech.endpoint import LEAST_VOICED
from speech.hearing import Hearing
from tests.rig import sound
from tests.rig.engine import CHECKOUT
from tests.rig.rig import Rig, Switches, running_switches

TURNS = 200
AT_ONCE = 4
AUDIBLE = 0.1
"""A frame is voice if it is so loud beside the loudest of the turn."""
PROMPT = Spoken("…", "ko", name="prompt")


@dataclass(slots=True)
class Turn:
    """One turn as the engine saw it: each frame's arrival and loudness, and what came of it."""

    clip: Clip
    arrived: list[tuple[float, float]] = field(default_factory=list)
    conversation: Conversation | None = None
    answered: float = 0.0
    text: str = ""

    def voice(self) -> tuple[float, float]:
        """When the first and the last frame with voice arrived."""
        loudest = max(level for _, level in self.arrived)
        heard = [at for at, level in self.arrived if level > AUDIBLE * loudest]
        return heard[0], heard[-1]


_turn: ContextVar[Turn] = ContextVar("turn")


class Tapped(AudioSocket):
    """Notes when sound arrives."""

    def expect(
        self, on_sound: Callable[[Samples], None], on_key: Callable[[str], None]
    ) -> Conversation:
        turn, clock = _turn.get(), asyncio.get_running_loop().time

        def tap(samples: Samples) -> None:
            level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
            turn.arrived.append((clock(), level))
            on_sound(samples)

        turn.conversation = super().expect(tap, on_key)
        return turn.conversation


def run(quick: bool, console: Console) -> Report:
    """Let callers speak into prompts over the rig's switches."""
    asterisk = install.install(CHECKOUT, console.print)
    folder = Path(tempfile.mkdtemp(prefix="careline-speech-"))
    try:
        with running_switches(asterisk, folder) as switches:
            turns = asyncio.run(_run(switches, folder, 12 if quick else TURNS))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    late, stopped = [], []
    for turn in turns:
        if turn.text and turn.conversation is not None:
            first, last = turn.voice()
            late.append(1000 * (turn.answered - last))
            stopped.append(1000 * (turn.conversation.spoke_at - first - LEAST_VOICED))
    answer, silent = Series.of("ms", late), Series.of("ms", stopped)
    gaps = sum(turn.conversation.gaps for turn in turns if turn.conversation is not None)
    right = sum(turn.text == turn.clip.text for turn in turns)
    return Report(
        name="speech-turns",
        title="Answers to callers who speak into a prompt, over AudioSocket",
        how=(
            f"{len(turns)} turns, {AT_ONCE} calls at once over real Asterisk, a closed question with "
            "a grammar of all phrases; from the arrival at the engine of the last frame with voice to "
            "the outcome, and from that of the first, less the "
            f"{LEAST_VOICED:g} s of voice that it takes to be speech, to the last frame of the prompt "
            f"that is sent. {right} understood rightly; {gaps} gaps in prompts."
        ),
        columns=("ms", "median", "p95"),
        rows=(
            ("end of speech → outcome", f"{answer.median:.0f}", f"{answer.p95:.0f}"),
            ("voice known → prompt silent", f"{silent.median:.0f}", f"{silent.p95:.0f}"),
        ),
        claims=(
            Claim("answers within 400 ms at p95", answer.p95 <= 400),
            Claim("prompts stop within 150 ms at p95", silent.p95 <= 150),
            Claim("no gap in a prompt", gaps == 0),
        ),
        machine=machine.facts(asterisk.version),
        figures={
            "answer ms": answer.values,
            "prompt silent ms": silent.values,
            "right": right,
            "gaps": gaps,
        },
    )


async def _run(switches: Switches, folder: Path, turns: int) -> list[Turn]:
    prompt = folder / "prompt.wav"
    sound.write_tone(prompt, 700, 12.0)
    spoken = [clip for clip in clips() if clip.meant]
    files = {clip.name: _written(folder, clip) for clip in spoken}
    hearing = Hearing(models.recognizers(Path("var/models")))
    await hearing.warm_up()
    done: list[Turn] = []
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(Rig.over(switches))
        ami = Ami("127.0.0.1", switches.ami_port, "careline", switches.engine_secret)
        await ami.connect()
        stack.push_async_callback(ami.close)
        sockets = Tapped()
        await sockets.open()
        stack.push_async_callback(sockets.close)
        lines: asyncio.Queue[Line] = asyncio.Queue()

        async def on_call(_: Arrival, line: Line) -> None:
            await lines.put(line)

        async def audio(_: Spoken) -> Path:
            return prompt

        async def no_feature(*_: object) -> None:
            """Nobody dials one."""

        def trouble(call_id: str, why: str) -> None:
            raise AssertionError(f"{call_id}: {why}")

        ears = Ears(hearing, sockets, trouble)
        inbound = Inbound(ami, lambda _: audio, lambda _: None, on_call, no_feature, ears)
        await inbound.start()
        stack.push_async_callback(inbound.stop)

        async def call(number: int) -> None:
            await _call(rig, lines, number, turns, spoken, files, done)

        calls: list[asyncio.Task[None]] = []
        for number in range(AT_ONCE):  # one after the other, so that each knows its line
            calls.append(asyncio.create_task(call(number)))
            await asyncio.sleep(0.5)
        await asyncio.gather(*calls)
    hearing.close()
    return done


async def _call(
    rig: Rig,
    lines: "asyncio.Queue[Line]",
    number: int,
    turns: int,
    spoken: Sequence[Clip],
    files: Mapping[str, Path],
    done: list[Turn],
) -> None:
    """One caller's turns, in one call."""
    leg = await rig.carrier.call(f"1380013{number:04}")
    line = await asyncio.wait_for(lines.get(), 5)
    await leg.until_answered()
    await leg.be_silent()
    for place in range(number, turns, AT_ONCE):
        clip = spoken[place % len(spoken)]
        turn = Turn(clip)
        _turn.set(turn)
        phrases = tuple(sorted({one.text for one in spoken if one.language == clip.language}))
        listen = Listen((PROMPT,), patience=3.0, speech=Speech((Grammar(clip.language, phrases),)))
        listening = asyncio.create_task(line.perform(listen))
        await asyncio.sleep(0.6 + place % 7 / 10)
        saying = asyncio.create_task(leg.speak(files[clip.name]))
        outcome = await listening
        turn.answered = asyncio.get_running_loop().time()
        turn.text = outcome.text if isinstance(outcome, Utterance) else ""
        done.append(turn)
        await saying
    await line.perform(Hangup())
    await leg.until_ended()


def _written(folder: Path, clip: Clip) -> Path:
    file = folder / f"{clip.language}-{Path(clip.name).stem}.wav"
    voice_file.write(file, array("h", clip.sound.tolist()))
    return file
