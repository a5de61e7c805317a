"""Ten times the expected calls: who is turned away, and how soon is all well again?"""

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import monotonic

import yaml
from rich.console import Console

from benchmarks import machine
from benchmarks.load.callers import Call, Callers, Task
from benchmarks.load.phones import Phones
from benchmarks.machine import Others, Process
from benchmarks.report import Claim, Report
from benchmarks.stage import Stage, stage
from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.record import CallSummary
from tests.rig.carrier import HOTLINE_NUMBER
from tests.rig.carrier_switch import PHONES_ADDRESS, TRUNK_ADDRESS
from tests.rig.rig import HOTLINE_ADDRESS

AGENTS, TALKS = 12, 10.0  # agents, and seconds of each talk: they can serve a call a second
EXPECTED, PEAK = 0.9, 9.0  # calls a second
BEFORE, LASTS, AFTER = 20.0, 60.0, 60.0  # seconds
MOST_WAITING, MOST_CALLS = 15, 40
ELDERLY = 0.03  # of the callers
KEY, KEY_AFTER = "0", 2.0  # a human
SOON = 20.0  # seconds in which callers reach an agent when all is well
STAYS = 60.0  # seconds after which even who waits has hung up
RECOVERS = 45.0  # seconds: what is claimed

PHONES = [
    AgentAccount(f"a{n:02}", f"A{n}", "zh", {"zh": 5, "cards": 3, "senior_care": 4}, logged_in=True)
    for n in range(AGENTS)
]
OLD = [
    Profile(f"+861370000{n:04}", "王秀兰", date(1950, 1, 1), ("zh",))
    for n in range(round(ELDERLY * (BEFORE + LASTS + AFTER) * PEAK) + 20)
]


@dataclass(slots=True)
class _Run:
    """What was seen of a run. Memory is in megabytes, moments are monotonic."""

    calls: list[Call] = field(default_factory=list)
    peak_began: float = 0.0
    peak_ended: float = 0.0
    memory: list[tuple[float, float, float]] = field(default_factory=list)
    others: float = 0.0

    def largest(self, which: int, begin: float, end: float) -> float:
        """The most memory of Careline (1) or Asterisk (2) between two moments."""
        return max((one[which] for one in self.memory if begin <= one[0] <= end), default=0.0)


def run(quick: bool, console: Console) -> Report:
    """The benchmark."""
    lasts = LASTS / 4 if quick else LASTS
    with stage(PHONES, OLD, rtp_ports=4000, change=_admission) as on:
        facts = machine.facts(on.switches.asterisk.version)
        seen = asyncio.run(_day(on, lasts, console))
        with on.database() as database:
            kept = {one.number: one for one in database.calls.list(limit=100_000)}
    return _report(seen, kept, facts)


def _admission(flows: Path) -> None:
    file = flows / "center.yaml"
    center = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
    center["admission"] = {"most_waiting": str(MOST_WAITING), "most_calls": str(MOST_CALLS),
                           "say": "too_many_calls", "callback": "general"}  # fmt: skip
    file.write_text(yaml.safe_dump(center, allow_unicode=True, sort_keys=False), encoding="utf-8")


async def _day(on: Stage, lasts: float, console: Console) -> _Run:
    on.know_agents()
    switch = (HOTLINE_ADDRESS, on.switches.wiring.sip_port)
    callers = await Callers.open(TRUNK_ADDRESS, switch, frozenset())
    phones = await Phones.open(PHONES_ADDRESS, switch, TALKS)
    seen, tasks = _Run(), set[Task]()
    numbers = iter(range(10**6))
    old = iter(OLD)
    lot = random.Random(1)

    async def come(rate: float, seconds: float) -> None:
        begins = monotonic()
        for n in range(round(rate * seconds)):
            await asyncio.sleep(begins + n / rate - monotonic())
            elderly = lot.random() < ELDERLY
            number = next(old).number.removeprefix("+86") if elderly else f"138{next(numbers):08}"
            key = "" if elderly else KEY
            call, task = callers.begin(number, HOTLINE_NUMBER, key, KEY_AFTER)
            seen.calls.append(call)
            tasks.add(task)
            asyncio.get_running_loop().call_later(STAYS, task.cancel)

    async def watch(careline: Process) -> None:
        while True:
            seen.memory.append((monotonic(), careline.memory(), on.asterisk.memory()))
            await asyncio.sleep(0.5)

    try:
        await phones.register(on.agents)
        async with on.careline(speech=False) as careline:
            others = Others(on.processes(careline))
            watching = asyncio.create_task(watch(careline))
            console.print(f"  {EXPECTED:g} calls a second, as expected", highlight=False)
            await come(EXPECTED, BEFORE)
            console.print(f"  {PEAK:g} a second for {lasts:.0f} s", highlight=False)
            seen.peak_began = monotonic()
            await come(PEAK, lasts)
            seen.peak_ended = monotonic()
            console.print(f"  {EXPECTED:g} a second again", highlight=False)
            await come(EXPECTED, AFTER)
            await asyncio.wait(tasks, timeout=STAYS)
            await asyncio.sleep(3.0)
            seen.others = others.share()
            watching.cancel()
    finally:
        phones.close()
        callers.close()
    return seen


def _report(seen: _Run, kept: dict[str | None, CallSummary], facts: dict[str, object]) -> Report:
    old = {one.number for one in OLD}
    begin, end = seen.peak_began, seen.peak_ended
    phases = {
        "before": [one for one in seen.calls if one.invited < begin],
        "at the peak": [one for one in seen.calls if begin <= one.invited < end],
        "after": [one for one in seen.calls if one.invited >= end],
    }
    rows, outcomes = [], {}
    for name, calls in phases.items():
        known = [kept[f"+86{one.number}"] for one in calls if f"+86{one.number}" in kept]
        found = Counter(one.outcome for one in known)
        elderly = [one for one in known if one.number in old]
        outcomes[name] = dict(found)
        waits = [one.waited_s for one in known if one.outcome == "answered" and one.waited_s]
        rows.append(
            (
                name,
                f"{len(calls):,}",
                f"{len(known) - found['turned_away']:,}",
                f"{found['turned_away']:,}",
                f"{found['answered']:,}",
                f"{sum(one.outcome == 'answered' for one in elderly)} of {len(elderly)}",
                f"{max(waits, default=0.0):.0f}",
            )
        )
    every = Counter(one.outcome or "none" for one in kept.values())
    recovered = _recovered(phases["after"], kept, end)
    first = begin - BEFORE
    memory = {
        name: [seen.largest(which, first, begin), seen.largest(which, begin, end + STAYS),
               seen.memory[-1][which]]
        for name, which in (("Careline", 1), ("Asterisk", 2))
    }  # fmt: skip
    failed = sum(one.outcome in {"failed", ""} for one in kept.values())
    lost = len(seen.calls) - len(kept)
    elderly = [one for one in kept.values() if one.number in old]
    turned = [one for one in elderly if one.outcome == "turned_away"]
    return Report(
        name="admission",
        title="ten times the expected calls",
        how=(
            f"{AGENTS} agents talk for {TALKS:.0f} s each; {EXPECTED:g} calls a second are expected, "
            f"and {PEAK:g} come for {end - begin:.0f} s, {ELDERLY:.0%} of the callers known to be "
            f"elderly. admission: most_waiting {MOST_WAITING}, most_calls {MOST_CALLS}, with "
            "the offer to be rung back, which nobody takes. Memory in MB (most before, most at the "
            "peak, at the end): "
            + "; ".join(
                f"{name} {', '.join(f'{one:.0f}' for one in found)}"
                for name, found in memory.items()
            )
            + f". After the peak every caller reached an agent within {SOON:.0f} s again from "
            f"{recovered:.0f} s on. What came of all calls: "
            + ", ".join(f"{count} {outcome}" for outcome, count in sorted(every.items()))
            + f". Others took {seen.others:.0%} of the machine's "
            f"{os.cpu_count()} cores."
        ),
        columns=("", "offered", "taken", "turned away", "answered", "elderly", "longest wait, s"),
        rows=tuple(rows),
        claims=(
            Claim("no call fails, and none is without a record", failed == 0 and lost == 0),
            Claim("no elderly caller is turned away", bool(elderly) and not turned),
            Claim(f"all is well {RECOVERS:.0f} s after the peak", recovered <= RECOVERS),
            Claim(
                "memory is bounded: less than 150 MB more at the peak",
                all(found[1] - found[0] < 150 for found in memory.values()),
            ),
        ),
        machine=facts,
        figures={
            "outcomes": outcomes,
            "memory, MB": memory,
            "recovered after, s": recovered,
            "failed": failed,
            "without a record": lost,
        },
    )


def _recovered(after: list[Call], kept: dict[str | None, CallSummary], end: float) -> float:
    """Seconds after the peak from which on everybody reached an agent soon."""
    late = [
        one.invited
        for one in after
        if (call := kept.get(f"+86{one.number}")) is None
        or call.outcome != "answered"
        or (call.waited_s or 0.0) > SOON
    ]
    return max((at - end for at in late), default=0.0)
