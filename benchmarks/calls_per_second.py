"""How many calls a second can be answered, hear the menu, choose, and be put through to an agent?"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from rich.console import Console

from benchmarks import machine
from benchmarks.climb import CARELINE, KEY, LASTS, LISTENS, SLOW, STATIC, TRIES, Climb, Step
from benchmarks.figures import shown
from benchmarks.load.prompt_frames import only_in
from benchmarks.report import Claim, Report
from benchmarks.stage import Stage, stage
from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.line.commands import Spoken

RATES = (4, 8, 12, 16, *range(20, 36, 2), *range(36, 65, 4))  # calls a second, one after the other
PHONES = 150

AGENTS = [
    AgentAccount(f"a{n:03}", f"A{n}", "zh", {"zh": 5, "cards": 3}, logged_in=True)
    for n in range(PHONES)
]

# The same sounds, key and phones. The dialled number says which phone is rung, for a dialplan keeps
# no books of who is free.
DIALPLAN = """
[from-carrier](+)
exten => _7XXX,1,Answer(,i)
 same => n,Set(PHONE=a${EXTEN:1})
 same => n,Goto(benchmark-menu,s,1)

[benchmark-menu]
exten => s,1,Background(@welcome@&@main_menu@)
 same => n,WaitExten(5)
 same => n,Hangup()
exten => 1,1,Dial(PJSIP/${PHONE},15,m(default)U(careline-whisper^@whisper_lost_card@))
 same => n,Hangup()
"""
PROMPTS = ("welcome", "main_menu", "whisper_lost_card")


def run(quick: bool, console: Console) -> Report:
    """The benchmark."""
    rates = RATES[:2] if quick else RATES
    numbers = [f"138{n:08}" for n in range(round(sum(rates) * TRIES * LASTS * 2))]
    callers = [Profile(f"+86{number}", "陈明", date(1991, 8, 30), ("zh",)) for number in numbers]
    with stage(AGENTS, callers, rtp_ports=8000) as on:
        facts = machine.facts(on.switches.asterisk.version)
        sounds = {name: _sound(on, name) for name in PROMPTS}
        dialplan = DIALPLAN
        for name, path in sounds.items():
            dialplan = dialplan.replace(f"@{name}@", str(path.with_suffix("")))
        on.add("extensions", dialplan, "pbx_config.so")
        prompt = only_in(sounds["main_menu"], (sounds["welcome"], sounds["whisper_lost_card"]))
        climb = Climb(on, prompt, iter(numbers), console)
        asyncio.run(climb.all(rates))
        climb.check_records()
    return _report(climb.steps, facts)


def _sound(on: Stage, name: str) -> Path:
    return on.prompts.path(Spoken(on.hotline.wording.texts["zh"][name].text, "zh", name))


def _report(steps: Sequence[Step], facts: dict[str, object]) -> Report:
    best = {
        way: max(
            (s for s in steps if s.way == way and s.sustained), key=lambda s: s.rate, default=None
        )
        for way in (CARELINE, STATIC)
    }
    rows = []
    for way, step in best.items():
        if step is None:
            rows.append((way, "none", *["–"] * 6))
            continue
        failed = min((s.rate for s in steps if s.way == way and s.rate > step.rate), default=None)
        rows.append(
            (
                way,
                str(step.rate),
                str(failed or "–"),
                f"{step.to_answer * 1000:.0f}",
                f"{step.to_phone * 1000:.0f}",
                *(shown(x * 1000) for x in (step.careline_cpu, step.asterisk_cpu, step.load_cpu)),
            )
        )
    mine, bare = best[CARELINE], best[STATIC]
    ratio = mine.rate / bare.rate if mine and bare else 0.0
    placed = {way: sum(s.calls for s in steps if s.way == way) for way in best}
    return Report(
        name="calls-per-second",
        title="calls a second, each answered, hearing the menu, choosing, put through to an agent",
        how=(
            f"Rates climb from {RATES[0]} to {RATES[-1]} a second, {LASTS:.0f} seconds each, both "
            f"ways in turn, over one switch with {PHONES} phones; {placed[CARELINE]} calls to "
            f"Careline and {placed[STATIC]} to a dialplan of Answer, Background and Dial with the "
            f"same sounds. Each caller hears greeting and menu for {LISTENS:.0f} seconds, presses "
            f"{KEY}, and talks for a second with the agent. A rate is sustained if every call "
            "was answered, heard a second of the menu (its very packets), rang one phone, was "
            "joined with it (each heard the other's voice, by name) and was hung up on, and if 95 "
            f"of 100 calls were answered within {SLOW * 1000:.0f} ms of the INVITE and rang the "
            f"phone within {SLOW * 1000:.0f} ms of the key; a rate that fails is tried "
            f"{TRIES} times. The callers and phones run on the same cores; CPU is in milliseconds "
            "a call at the highest rate sustained."
        ),
        columns=(
            "",
            "sustained",
            "failed at",
            "p95 to answer",
            "p95 key to phone",
            "CPU Careline",
            "CPU Asterisk",
            "CPU load",
        ),
        rows=tuple(rows),
        claims=(Claim(f"Careline sustains {ratio:.0%} of the bare dialplan's rate", ratio > 0),),
        machine=facts,
        figures={"steps": [asdict(step) for step in steps], "ratio": ratio},
    )
