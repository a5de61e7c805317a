"""A caller of whom nothing is known says anything: in which language is it taken, and what for?

The open question of the hotline we ship, put to callers of two languages: both recognizers listen to
each of them, free to take down words that no example has.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
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
from ivr.flow.sayable import GUESSED, Sayable, grammar
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

AT_ONCE = (1, 4)


def run(quick: bool, console: Console) -> Report:
    """Put the question to every caller, one at a time and then several."""
    asterisk = install.install(CHECKOUT, console.print)
    folder = Path(tempfile.mkdtemp(prefix="careline-speech-"))
    turns: dict[int, list[tuple[Turn, str | None]]] = {}
    try:
        with running_switches(asterisk, folder) as switches:
            for at_once in AT_ONCE:
                # Alone it would take a quarter of an hour: every third caller is enough for a latency.
                spoken = clips()[:: (12 if quick else 3 if at_once == 1 else 1)]
                turns[at_once] = asyncio.run(_run(switches, folder, spoken, at_once))
                console.print(f"  {at_once} at once: {len(turns[at_once])} turns", highlight=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows, figures = [], {}
    for language in sorted({turn.clip.language for turn, _ in turns[AT_ONCE[-1]]}):
        own = [one for one in turns[AT_ONCE[-1]] if one[0].clip.language == language]
        for what, some in (
            ("a wish", [one for one in own if one[0].clip.text in MEANT]),
            ("anything else", [one for one in own if one[0].clip.text not in MEANT]),
        ):
            counted = _counted(some)
            figures[f"{language}, {what}"] = counted
            rows.append((language, what, *(f"{n} / {len(some)}" for n in counted.values())))
    late = {n: Series.of("ms", lateness([turn for turn, _ in turns[n]])) for n in AT_ONCE}
    told = "; ".join(f"{n} at once {one.median:.0f}, {one.p95:.0f} ms" for n, one in late.items())
    return Report(
        name="speech-open",
        title="An open question that may be answered in two languages",
        how=(
            f"{len(turns[AT_ONCE[-1]])} turns over real Asterisk, {AT_ONCE[-1]} calls at once, in a "
            "call whose language is English; what no example has may be dictated. Led: to the intent "
            "that was meant, at once or after a question back. Misled: to another, or to any where "
            "none was meant; what is in another language than the call is always asked back in that "
            "language. "
            f"End of speech → outcome, median and p95: {told}."
        ),
        columns=("spoken", "what", "led", "misled", "taken for the other language"),
        rows=tuple(rows),
        claims=(Claim("four at once are answered within 1 s at p95", late[4].p95 <= 1000),),
        machine=machine.facts(asterisk.version),
        figures={**figures, **{f"{n} at once, ms": one.values for n, one in late.items()}},
    )


async def _run(
    switches: Switches, folder: Path, spoken: Sequence[Clip], at_once: int
) -> list[tuple[Turn, str | None]]:
    """Every turn, and the intent it was taken for."""
    prompt = folder / "prompt.wav"
    sound.write_tone(prompt, 700, 1.0)
    hearing = Hearing(models.recognizers(Path("var/models")))
    await hearing.warm_up()
    hotline = load(resources.flows())
    languages = sorted({clip.language for clip in spoken} & set(hearing.recognizers))
    understanding = Understanding(hotline.intents, tuple(languages))
    says = Sayable(hotline.intents.names(), "open", free=True, any_language=True)
    speech = Speech(tuple(grammar(hotline.intents, says, one) for one in languages), "open")
    left, done = iter(clip for clip in spoken if clip.language in languages), []
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
    hearing.close()
    return done


async def _intent(understanding: Understanding, turn: Turn, among: Sequence[str]) -> str | None:
    if not turn.text or turn.confidence < GUESSED:
        return None
    said = await understanding.understand(turn.text, turn.language, (), among)
    return said.intent if said.answer != "unknown" else None


def _counted(turns: Sequence[tuple[Turn, str | None]]) -> dict[str, int]:
    wanted = [(turn, MEANT.get(turn.clip.text), intent) for turn, intent in turns]
    return {
        "led": sum(intent is not None and intent == meant for _, meant, intent in wanted),
        "misled": sum(intent is not None and intent != meant for _, meant, intent in wanted),
        "other language": sum(
            bool(turn.text) and turn.confidence >= GUESSED and turn.language != turn.clip.language
            for turn, _, _ in wanted
        ),
    }
