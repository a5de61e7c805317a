"""How many callers can speak at once, with Asterisk beside, until answers come twice as late?"""

import asyncio
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path

from rich.console import Console

from benchmarks import machine
from benchmarks.callers import Clip, clips
from benchmarks.figures import Series
from benchmarks.report import Claim, Report
from benchmarks.speech_turns import lateness, rings, turn, written
from benchmarks.spoken import Turn, engine
from ivr.errors import CallerHungUp, LineError
from ivr.line.commands import Hangup
from ivr.line.line import Line
from ivr.switch import install
from speech import models
from speech.hearing import Hearing
from speech.recognizer import Recognizer
from tests.rig import sound
from tests.rig.engine import CHECKOUT
from tests.rig.leg import Leg
from tests.rig.rig import Rig, Switches, running_switches

STEPS = (4, 8, 16, 24, 32, 48, 64, 80)
LOST = (CallerHungUp, LineError, AssertionError, TimeoutError)
"""What a turn comes to whose call does not outlive the load."""
LASTS = 16.0
"""Seconds of each step in which turns are begun."""


@dataclass(frozen=True, slots=True)
class Step:
    """So many callers at once, how late their answers came, how often a prompt had a gap, and how
    many calls were lost."""

    at_once: int
    turns: int
    late: Series
    gaps: int
    lost: int


@dataclass(frozen=True, slots=True)
class Climb:
    """All steps in one language; `model` and `call` are MB that it takes, and each call."""

    steps: tuple[Step, ...]
    model: float
    call: float

    @property
    def full(self) -> Step:
        """The most callers whose p95 is not twice that of the fewest, none of them lost."""
        return [step for step in self.steps if _held(step, self.steps[0])][-1]

    @property
    def half(self) -> Step:
        """The most callers that are no more than half of the full load."""
        no_more = [step for step in self.steps if step.at_once <= self.full.at_once / 2]
        return no_more[-1] if no_more else self.steps[0]


def _held(step: Step, fewest: Step) -> bool:
    return step is fewest or (not step.lost and step.late.p95 <= 2 * fewest.late.p95)


def _shown(step: Step) -> str:
    late = f"{step.late.median:.0f} {step.late.p95:.0f} ms"
    return f"{step.at_once}: {late}, {step.gaps} gaps, {step.lost} lost"


def run(quick: bool, console: Console) -> Report:
    """Let more and more callers speak into prompts at once, over the rig's switches."""
    asterisk = install.install(CHECKOUT, console.print)
    found = models.recognizers(Path("var/models"))
    folder = Path(tempfile.mkdtemp(prefix="careline-speech-"))
    try:
        with running_switches(asterisk, folder) as switches:
            climbs = asyncio.run(_run(switches, folder, found, 2 if quick else len(STEPS), console))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Report(
        name="speech-load",
        title="From the end of speech to the outcome, while so many callers speak at once",
        how=(
            "Each caller speaks into a prompt, turn after turn, without a rest, over real Asterisk; in "
            "a call people speak a tenth of the time. Callers, their switch, the hotline's and the "
            "engine share the cores. Milliseconds, the pause that ends a turn included. "
            + " ".join(_told(language, climb) for language, climb in climbs.items())
        ),
        columns=("language", "at once", "turns", "median", "p95", "gaps in prompts", "lost"),
        rows=tuple(
            (
                language,
                str(step.at_once),
                str(step.turns),
                f"{step.late.median:.0f}",
                f"{step.late.p95:.0f}",
                str(step.gaps),
                str(step.lost),
            )
            for language, climb in climbs.items()
            for step in climb.steps
        ),
        claims=(
            Claim(
                "every language carries eight callers at once",
                all(climb.full.at_once >= 8 for climb in climbs.values()),
            ),
            Claim(
                "no gap in a prompt at half the load",
                not any(climb.half.gaps for climb in climbs.values()),
            ),
        ),
        machine=machine.facts(asterisk.version),
        figures={
            language: {
                "full": climb.full.at_once,
                "half": climb.half.at_once,
                "gaps at full": climb.full.gaps,
                "gaps at half": climb.half.gaps,
                "model MB": round(climb.model),
                "MB a call": round(climb.call, 2),
                "late ms": {step.at_once: step.late.values for step in climb.steps},
            }
            for language, climb in climbs.items()
        },
    )


def _told(language: str, climb: Climb) -> str:
    return (
        f"{language}: {climb.full.at_once} callers at once until p95 doubles; the model takes "
        f"{climb.model:.0f} MB, a call {climb.call:.1f} MB."
    )


async def _run(
    switches: Switches,
    folder: Path,
    found: Mapping[str, Recognizer],
    most: int,
    console: Console,
) -> dict[str, Climb]:
    prompt = folder / "prompt.wav"
    sound.write_tone(prompt, 700, 12.0)
    climbs: dict[str, Climb] = {}
    for language in sorted(found):
        spoken = [clip for clip in clips() if clip.language == language and clip.meant]
        if not spoken:
            continue
        files = {clip.name: written(folder, clip) for clip in spoken}
        before = _memory()
        hearing = Hearing({language: found[language]})
        await hearing.warm_up()
        loaded = _memory()
        steps: list[Step] = []
        async with Rig.over(switches) as rig, engine(switches, hearing, prompt) as lines:
            calls: list[tuple[Leg, Line]] = []
            for at_once in STEPS[:most]:
                while len(calls) < at_once:
                    calls.append(await rings(rig, lines, len(calls)))
                step = await _step(calls, spoken, files)
                steps.append(step)
                console.print(f"  {language}, {_shown(step)}", highlight=False)
                if not _held(step, steps[0]):
                    break
            a_call = (_memory() - loaded) / len(calls)
            for leg, line in calls:
                with suppress(*LOST):
                    await line.perform(Hangup())
                    await leg.until_ended()
        climbs[language] = Climb(tuple(steps), loaded - before, a_call)
        hearing.close()
    return climbs


async def _step(
    calls: Sequence[tuple[Leg, Line]], spoken: Sequence[Clip], files: Mapping[str, Path]
) -> Step:
    """The turns of all callers, until no more are begun."""
    done: list[Turn] = []
    lost = 0
    ends = asyncio.get_running_loop().time() + LASTS

    async def caller(number: int, leg: Leg, line: Line) -> None:
        nonlocal lost
        await asyncio.sleep(number * 0.37 % 2)  # people do not begin together
        try:
            while asyncio.get_running_loop().time() < ends:
                clip = spoken[(7 * number + len(done)) % len(spoken)]
                done.append(await turn(leg, line, clip, spoken, files, number % 7 / 10))
        except LOST:
            lost += 1

    await asyncio.gather(*(caller(number, *one) for number, one in enumerate(calls)))
    gaps = sum(one.conversation.gaps for one in done if one.conversation is not None)
    late = lateness(done) or [inf]  # nobody was understood
    return Step(len(calls), len(done), Series.of("ms", late), gaps, lost)


def _memory() -> float:
    """MB that this process and the recognizers' own hold now."""
    own = [os.getpid(), *(child.pid for child in multiprocessing.active_children() if child.pid)]
    return sum(map(_resident, own))


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20
