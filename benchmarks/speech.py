"""How well are callers understood: which phrase, which language, and what means nothing?"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks import machine
from benchmarks.callers import LINES, Clip, clips
from benchmarks.report import Claim, Report
from ivr.flow.sayable import GUESSED, SURE
from speech import models
from speech.hearing import Hearing
from speech.language import Reading
from speech.listener import Understood
from speech.recognizer import Samples
from speech.tongue import Expected

SPEEDUP = 0.002
"""Seconds that 0.1 s of sound take here; what a recognizer lags behind then it catches up with."""


def run(quick: bool, console: Console) -> Report:
    """Measure accuracy in every language that has both callers and a recognizer."""
    return asyncio.run(_run(quick, console))


async def _run(quick: bool, console: Console) -> Report:
    hearing = Hearing(models.recognizers(Path("var/models")))
    await hearing.warm_up()
    spoken = [clip for clip in clips() if clip.language in hearing.recognizers]
    spoken = spoken[:: 5 if quick else 1]
    rows: list[tuple[str, ...]] = []
    figures: dict[str, object] = {}
    for line, spoil in LINES.items():
        for language in sorted({clip.language for clip in spoken}):
            own = [clip for clip in spoken if clip.language == language]
            right = await _right(hearing, own, spoil)
            taken = await _taken(hearing, own, spoil)
            console.print(f"  {line}, {language}: {right} {taken}", highlight=False)
            rows.append((line, language, *map(_share, (*right, *taken))))
            figures[f"{line}, {language}"] = {"right": right, "taken though out": taken}
    confusion = await _confusion(hearing, spoken)
    figures["spoken, taken for"] = {f"{a} → {b}": n for (a, b), n in sorted(confusion.items())}
    meant = sum(count for (_, _), count in confusion.items())
    same = sum(count for (said, taken_for), count in confusion.items() if said == taken_for)
    other = meant - same - sum(n for (_, to), n in confusion.items() if to == "none")
    hearing.close()
    return Report(
        name="speech",
        title="Callers understood, of those whose phrase the hotline listens for",
        how=(
            f"{len(spoken)} turns of {len({clip.voice for clip in spoken})} voices at 8 kHz; a grammar "
            "of all phrases of a language; then half the phrases, when the other half, and what means "
            f"nothing anywhere, must not be taken. Taken: confidence {GUESSED:g} or more; sure: "
            f"{SURE:g} or more. Languages: every grammar at once, {same} of {meant} turns in "
            f"the right language, {other} in another: {figures['spoken, taken for']}."
        ),
        columns=("line", "language", "right", "sure", "out, taken", "out, sure"),
        rows=tuple(rows),
        claims=(Claim("another language is taken in at most 5 % of turns", other <= 0.05 * meant),),
        machine=machine.facts(),
        figures=figures,
    )


Spoil = Callable[[Samples], Samples]
Share = tuple[int, int]
"""So many, of so many."""


async def _right(hearing: Hearing, own: Sequence[Clip], spoil: Spoil) -> tuple[Share, Share]:
    """Turns that were understood rightly, and with certainty."""
    meant = [clip for clip in own if clip.meant]
    phrases = tuple(sorted({clip.text for clip in meant}))
    found = [await heard(hearing, clip, [phrases], spoil) for clip in meant]
    right = [
        one is not None and one.text == clip.text and one.confidence >= GUESSED
        for one, clip in zip(found, meant, strict=True)
    ]
    sure = [
        good and one is not None and one.confidence >= SURE
        for good, one in zip(right, found, strict=True)
    ]
    return (sum(right), len(meant)), (sum(sure), len(meant))


async def _taken(hearing: Hearing, own: Sequence[Clip], spoil: Spoil) -> tuple[Share, Share]:
    """Turns whose phrase is not in the grammar, and that were taken for one that is."""
    phrases = sorted({clip.text for clip in own if clip.meant})
    taken = sure = turns = 0
    for half in (phrases[::2], phrases[1::2]):
        for clip in own:
            if clip.text not in half:
                found = await heard(hearing, clip, [tuple(half)], spoil)
                turns += 1
                taken += found is not None and found.confidence >= GUESSED
                sure += found is not None and found.confidence >= SURE
    return (taken, turns), (sure, turns)


async def _confusion(hearing: Hearing, spoken: Sequence[Clip]) -> Counter[tuple[str, str]]:
    """How often each language was taken for which, or for none."""
    languages = sorted({clip.language for clip in spoken})
    phrases = [
        tuple(sorted({clip.text for clip in spoken if clip.meant and clip.language == language}))
        for language in languages
    ]
    counted: Counter[tuple[str, str]] = Counter()
    for clip in spoken:
        if clip.meant:
            found = await heard(hearing, clip, phrases, LINES["quiet"], languages)
            good = found is not None and found.confidence >= GUESSED
            counted[clip.language, found.language if found is not None and good else "none"] += 1
    return counted


async def heard(
    hearing: Hearing,
    clip: Clip,
    phrases: Sequence[tuple[str, ...]],
    spoil: Spoil,
    languages: Sequence[str] = (),
) -> Reading | None:
    """The best reading of a turn."""
    expected = [
        Expected(language, said)
        for language, said in zip(languages or (clip.language,), phrases, strict=True)
    ]
    listener = await hearing.listener(expected)
    assert listener is not None
    silence = np.zeros(4000, np.int16)
    sound: Samples = spoil(np.concatenate([silence, clip.sound, silence, silence, silence]))
    try:
        for at in range(0, len(sound), 160):
            if listener.hear(sound[at : at + 160]) == "over":
                answer = await listener.answer()
                if isinstance(answer, Understood):
                    return answer.readings[0]
                listener.listen_on()
            if at % 800 == 0:
                await asyncio.sleep(SPEEDUP)
        return None
    finally:
        hearing.done_with(listener)


def _share(part: Share) -> str:
    return f"{part[0]} / {part[1]}" + (f" ({100 * part[0] / part[1]:.0f} %)" if part[1] else "")
