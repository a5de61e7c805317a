"""A caller of whom nothing is known says anything: in which language is it taken, and what for?

The open question of the hotline we ship, put to callers of two languages: both recognizers listen to
each of them.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import machine
from benchmarks.callers import Clip, clips
from benchmarks.figures import Series
from benchmarks.report import Claim, Report
from benchmarks.speech_lines import MEANT
from benchmarks.speech_turns import lateness, rings, written
from benchmarks.spoken import PROMPT, Turn, asked, engine
from ivr import resources
from ivr.flow.load import load
from ivr.flow.sayable import GUESSED, Sayable, grammars
from ivr.line.commands import Hangup, Listen, Speech
from ivr.line.line import Line
from ivr.switch import install
from ivr.understanding import Understanding
from speech import models
from speech.hearing import Hearing
from tests.rig import sound
from tests.rig.engine import CHECKOUT
from tests.rig.leg import Leg
from tests.rig.rig import Rig, Switches, running_switches

AT_ONCE = 4
ALONE = 15
"""Of so many callers one is asked alone, too, for how long an answer takes then."""
Taken = tuple[Turn, str | None]
"""A turn, and the intent it was taken for."""


def run(quick: bool, console: Console) -> Report:
    """Put the question to every caller, in a call of each language."""
    asterisk = install.install(CHECKOUT, console.print)
    hearing = Hearing(models.recognizers(Path("var/models")))
    spoken = [clip for clip in clips() if clip.language in hearing.recognizers]
    spoken = spoken[:: 12 if quick else 1]
    languages = sorted({clip.language for clip in spoken})
    folder = Path(tempfile.mkdtemp(prefix="careline-speech-"))
    rows: list[tuple[str, ...]] = []
    alone: list[float] = []
    beside: list[float] = []
    try:
        with running_switches(asterisk, folder) as switches:
            for own in languages:
                order = [own, *(one for one in languages if one != own)]
                some = asyncio.run(_run(switches, folder, hearing, spoken[::ALONE], order, 1))
                alone += lateness([turn for turn, _ in some])
                taken = asyncio.run(_run(switches, folder, hearing, spoken, order, AT_ONCE))
                beside += lateness([turn for turn, _ in taken])
                for counted in _counted(taken, languages):
                    rows.append((own, *counted))
                    console.print("  ", *rows[-1], highlight=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    hearing.close()
    one, four = Series.of("ms", alone), Series.of("ms", beside)
    figures: dict[str, object] = {
        "alone, ms": one.values,
        f"{AT_ONCE} at once, ms": four.values,
        "rows": rows,
    }
    return Report(
        name="speech-open",
        title="An open question that may be answered in two languages",
        how=(
            f"{len(spoken)} turns in a call of each language over real Asterisk, {AT_ONCE} at once, "
            "quiet. In the call's own language anything may be said, where its model dictates; in the "
            "other what is like an example. Led: to the intent that was meant, at once or after a "
            "question back, which is always asked in another language. Misled: to another intent, or "
            "to any where none was meant. End of speech → outcome, of turns of which something was "
            f"heard: alone median {one.median:.0f}, p95 {one.p95:.0f} ms; {AT_ONCE} at once "
            f"{four.median:.0f}, {four.p95:.0f} ms."
        ),
        columns=("call in", "spoken", "what", "led", "misled", "taken for the other language"),
        rows=tuple(rows),
        claims=(Claim(f"{AT_ONCE} at once are answered within 1 s at p95", four.p95 <= 1000),),
        machine=machine.facts(asterisk.version),
        figures=figures,
    )


async def _run(
    switches: Switches,
    folder: Path,
    hearing: Hearing,
    spoken: Sequence[Clip],
    languages: Sequence[str],
    at_once: int,
) -> list[Taken]:
    """Every turn, in a call that is in the first of `languages`."""
    prompt = folder / "prompt.wav"
    sound.write_tone(prompt, 700, 1.0)
    await hearing.warm_up()
    hotline = load(resources.flows())
    understanding = Understanding(hotline.intents, tuple(languages))
    says = Sayable(hotline.intents.names(), "open", free=True, any_language=True)
    speech = Speech(grammars(hotline.intents, says, languages, languages[0]), "open")
    left = iter(spoken)
    done: list[Taken] = []
    async with Rig.over(switches) as rig, engine(switches, hearing, prompt) as lines:

        async def call(leg: Leg, line: Line) -> None:
            for clip in left:
                listen = Listen((PROMPT,), patience=5.0, speech=speech)
                listening = asyncio.create_task(asked(line, Turn(clip), listen))
                await asyncio.sleep(1.5)
                saying = asyncio.create_task(leg.speak(written(folder, clip)))
                turn = await listening
                await saying
                done.append((turn, await _intent(understanding, turn, says.meanings)))
            await line.perform(Hangup())
            await leg.until_ended()

        calls = [await rings(rig, lines, number) for number in range(at_once)]
        await asyncio.gather(*(call(*one) for one in calls))
    return done


async def _intent(understanding: Understanding, turn: Turn, among: Sequence[str]) -> str | None:
    if not turn.text or turn.confidence < GUESSED:
        return None
    said = await understanding.understand(turn.text, turn.language, (), among)
    return said.intent if said.answer != "unknown" else None


def _counted(taken: Sequence[Taken], languages: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """What came of callers of each language: with a wish that the hotline knows, and without."""
    for language in languages:
        own = [one for one in taken if one[0].clip.language == language]
        wishes = [one for one in own if one[0].clip.text in MEANT]
        for what, some in (
            ("a wish", wishes),
            ("anything else", [one for one in own if one[0].clip.text not in MEANT]),
        ):
            led = sum(
                intent is not None and intent == MEANT.get(turn.clip.text) for turn, intent in some
            )
            misled = sum(intent is not None for _, intent in some) - led
            other = sum(
                turn.confidence >= GUESSED and turn.language != language for turn, _ in some
            )
            yield (language, what, *(f"{count} / {len(some)}" for count in (led, misled, other)))
