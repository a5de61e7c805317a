"""How many callers can speak at once, on this machine, until answers come twice as late?"""

import asyncio
import resource
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from time import monotonic

import numpy as np
from rich.console import Console

from benchmarks import machine
from benchmarks.callers import Clip, clips
from benchmarks.figures import Series
from benchmarks.report import Claim, Report
from speech import models
from speech.hearing import Expected, Hearing

STEPS = (4, 10, 20, 30, 40, 60, 80, 100)
TURNS = 40
"""Turns that are measured at each step, at least; and at least two of each caller."""


def run(quick: bool, console: Console) -> Report:
    """Let more and more callers speak at once, each at the pace of a telephone line."""
    return asyncio.run(_run(quick, console))


async def _run(quick: bool, console: Console) -> Report:
    before = _memory()
    found = models.recognizers(Path("var/models"))
    rows: list[tuple[str, ...]] = []
    figures: dict[str, object] = {}
    for language in sorted(found):
        spoken = [clip for clip in clips() if clip.language == language and clip.meant]
        if not spoken:
            continue
        hearing = Hearing({language: found[language]})
        await hearing.warm_up()
        loaded = _memory()
        alone, carried = 0.0, 0
        for callers in STEPS[: 2 if quick else len(STEPS)]:
            late = await _step(hearing, language, spoken, callers)
            alone = alone or late.p95
            console.print(f"  {language}, {callers}: {late.median:.0f} {late.p95:.0f} ms")
            rows.append((language, str(callers), f"{late.median:.0f}", f"{late.p95:.0f}"))
            figures[f"{language}, {callers}"] = {"median": late.median, "p95": late.p95}
            if late.p95 > 2 * alone:
                break
            carried = callers
        figures[language] = {
            "carried": carried,
            "model MB": round(loaded - before),
            "MB a turn": round((_memory() - loaded) / max(STEPS), 2),
        }
        hearing.close()
        before = _memory()
    return Report(
        name="speech-load",
        title="From the end of speech to the answer, while so many callers speak at once",
        how=(
            "Every caller speaks without a rest, at the pace of a line, in this process; in a call "
            "people speak a tenth of the time. Milliseconds, the pause that ends a turn included. "
            f"{ {key: value for key, value in figures.items() if key in found} }"
        ),
        columns=("language", "at once", "median", "p95"),
        rows=tuple(rows),
        claims=(Claim("every language carries ten callers at once", _ten(figures, found)),),
        machine=machine.facts(),
        figures=figures,
    )


def _ten(figures: dict[str, object], languages: Iterable[str]) -> bool:
    steps = {key.partition(", ")[0] for key in figures if key.endswith(", 10")}
    return all(language in steps for language in languages)


async def _step(hearing: Hearing, language: str, spoken: Sequence[Clip], callers: int) -> Series:
    phrases = tuple(sorted({clip.text for clip in spoken}))
    late: list[float] = []
    numbers = count()
    turns = max(TURNS, 2 * callers)

    async def caller(number: int) -> None:
        await asyncio.sleep(number * 0.037 % 2)  # people do not begin together
        while next(numbers) < turns:
            clip = spoken[(7 * number + len(late)) % len(spoken)]
            answered = await _turn(hearing, Expected(language, phrases), clip)
            if answered is not None:
                late.append(1000 * answered)

    await asyncio.gather(*(caller(number) for number in range(callers)))
    return Series.of("ms", late)


async def _turn(hearing: Hearing, expected: Expected, clip: Clip) -> float | None:
    """Seconds from the last voice of a turn to its answer; None if it never was over."""
    listener = await hearing.listener([expected])
    assert listener is not None
    silence = np.zeros(16_000, np.int16)
    sound = np.concatenate([silence[:4000], clip.sound, silence])
    began = monotonic()
    try:
        for number, at in enumerate(range(0, len(sound), 160), start=1):
            await asyncio.sleep(max(0.0, began + number * 0.02 - monotonic()))
            if listener.hear(sound[at : at + 160]) == "over":
                ended = began + listener.last_voice
                await listener.answer()
                return monotonic() - ended
        return None
    finally:
        hearing.done_with(listener)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
