"""How soon is a caller answered who speaks, over a real switch, and how soon does a prompt stop?"""

import asyncio
import shutil
import tempfile
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import machine
from benchmarks.callers import Clip, clips
from benchmarks.figures import Series
from benchmarks.report import Claim, Report
from benchmarks.spoken import PROMPT, Turn, asked, engine
from ivr.line import voice_file
from ivr.line.commands import Grammar, Hangup, Listen, Speech
from ivr.line.line import Line
from ivr.switch import install
from speech import models
from speech.endpoint import LEAST_VOICED
from speech.hearing import Hearing
from tests.rig import sound
from tests.rig.engine import CHECKOUT
from tests.rig.leg import Leg
from tests.rig.rig import Rig, Switches, running_switches

TURNS = 200
AT_ONCE = 4


def run(quick: bool, console: Console) -> Report:
    """Let callers speak into prompts over the rig's switches."""
    asterisk = install.install(CHECKOUT, console.print)
    folder = Path(tempfile.mkdtemp(prefix="careline-speech-"))
    try:
        with running_switches(asterisk, folder) as switches:
            turns = asyncio.run(_run(switches, folder, 12 if quick else TURNS))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    answer, silent = Series.of("ms", lateness(turns)), Series.of("ms", stops(turns))
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


def lateness(turns: Sequence[Turn]) -> list[float]:
    """Milliseconds from the last voice of each turn that was understood to its outcome."""
    return [1000 * (turn.answered - turn.voice()[1]) for turn in turns if turn.text]


def stops(turns: Sequence[Turn]) -> list[float]:
    """Milliseconds from when a voice could be known for one to the end of the prompt."""
    return [
        1000 * (turn.conversation.spoke_at - turn.voice()[0] - LEAST_VOICED)
        for turn in turns
        if turn.text and turn.conversation is not None
    ]


async def _run(switches: Switches, folder: Path, turns: int) -> list[Turn]:
    prompt = folder / "prompt.wav"
    sound.write_tone(prompt, 700, 12.0)
    spoken = [clip for clip in clips() if clip.meant]
    files = {clip.name: written(folder, clip) for clip in spoken}
    hearing = Hearing(models.recognizers(Path("var/models")))
    await hearing.warm_up()
    done: list[Turn] = []
    async with Rig.over(switches) as rig, engine(switches, hearing, prompt) as lines:

        async def call(number: int, leg: Leg, line: Line) -> None:
            for place in range(number, turns, AT_ONCE):
                clip = spoken[place % len(spoken)]
                done.append(await turn(leg, line, clip, spoken, files, place % 7 / 10))
            await line.perform(Hangup())
            await leg.until_ended()

        calls = [await rings(rig, lines, number) for number in range(AT_ONCE)]
        await asyncio.gather(*(call(number, *one) for number, one in enumerate(calls)))
    hearing.close()
    return done


async def rings(rig: Rig, lines: "asyncio.Queue[Line]", number: int) -> tuple[Leg, Line]:
    """One more caller, who says nothing yet: both ends of the call."""
    leg = await rig.carrier.call(f"1380013{number:04}")
    line = await asyncio.wait_for(lines.get(), 5)
    await leg.until_answered()
    await leg.be_silent()
    return leg, line


async def turn(
    leg: Leg,
    line: Line,
    clip: Clip,
    spoken: Sequence[Clip],
    files: Mapping[str, Path],
    hesitates: float,
) -> Turn:
    """One turn of a caller, who speaks into the prompt after 0.6 s and as long as `hesitates`."""
    phrases = tuple(sorted({one.text for one in spoken if one.language == clip.language}))
    listen = Listen((PROMPT,), patience=3.0, speech=Speech((Grammar(clip.language, phrases),)))
    listening = asyncio.create_task(asked(line, Turn(clip), listen))
    await asyncio.sleep(0.6 + hesitates)
    saying = asyncio.create_task(leg.speak(files[clip.name]))
    done = await listening
    await saying
    return done


def written(folder: Path, clip: Clip) -> Path:
    """The clip as a file that a telephone of the rig can say."""
    file = folder / f"{clip.language}-{Path(clip.name).stem}.wav"
    voice_file.write(file, array("h", clip.sound.tolist()))
    return file
