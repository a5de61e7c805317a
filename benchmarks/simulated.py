"""How many calls a second can be simulated on one core, and what does a step of a flow cost?"""

import asyncio
import gc
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import date
from itertools import count, islice
from pathlib import Path
from random import Random
from time import process_time
from typing import Any, TypeVar

import yaml
from rich.console import Console

from benchmarks import machine
from benchmarks.at_once import through_the_flow
from benchmarks.figures import Series, shown
from benchmarks.report import Claim, Report
from ivr import resources
from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.line import virtual_time
from ivr.line.far_end import Answers, Press, Script
from ivr.trial.hall import Hall, Trial
from tests.rig.engine import OPEN

T = TypeVar("T")

ROUNDS = 15
CALLS = 300  # simulated calls in a round
STEPS = 1000  # steps in one flow
FLOW = 2000.0  # calls a second of the flow alone
LEAST = 500.0  # whole calls a second

# A floor as busy as floors are: of ten calls about three find nobody free and wait.
AGENTS = [
    AgentAccount(f"agent-{n}", f"Agent {n}", "zh", {"zh": 5, "accounts": 4}, logged_in=True)
    for n in range(8)
]
PHONE = Answers(after=2.0, talks=60.0)
EVERY = 14.0  # seconds between two calls, on average

# Kinds of steps that need nobody but the engine; each leads to the step NEXT.
KINDS = {
    "goto": "{goto: NEXT}",
    "set, one expression": "{set: {seen: caller.age + 1}, next: NEXT}",
    "branch, one condition": (
        '{branch: [{when: \'caller.tier == "gold" && open("office")\', to: end}], otherwise: NEXT}'
    ),
}


def run(quick: bool, console: Console) -> Report:
    """The benchmark."""
    facts = machine.facts()
    rounds, calls, steps = (2, 20, 100) if quick else (ROUNDS, CALLS, STEPS)
    rates: list[float] = []
    alone: list[float] = []
    waited = 0
    costs: dict[str, list[float]] = {kind: [] for kind in KINDS}
    shipped = load(resources.flows())
    with tempfile.TemporaryDirectory() as folder:
        short, long = (
            {kind: load(_chain(Path(folder) / f"{n}-{kind}", kind, n)) for kind in KINDS}
            for n in (1, 1 + steps)
        )
        _timed(_through_the_menu(shipped, 1))  # loads the calendar of holidays, once
        gc.freeze()  # as careline serve does
        for _ in range(rounds):
            seconds, trials = _timed(_through_the_menu(shipped, calls))
            rates.append(calls / seconds)
            waited += _waited(trials)
            customer = _customer(next(_NUMBERS))
            seconds, _ = _timed(through_the_flow(shipped, customer, calls, OPEN))
            alone.append(calls / seconds)
            for kind in KINDS:
                more = _timed(_along(long[kind], 1 + steps))[0] - _timed(_along(short[kind], 1))[0]
                costs[kind].append(more / steps * 1e6)
    return _report(rates, alone, costs, waited / (rounds * calls), facts)


def _timed(work: Coroutine[Any, Any, T]) -> tuple[float, T]:
    """Seconds of processor time that the work takes in virtual time, and what comes of it."""
    gc.collect()
    before = process_time()
    result = virtual_time.run(work)
    return process_time() - before, result


async def _through_the_menu(hotline: Hotline, calls: int) -> list[Trial]:
    """Calls that come as they come, each from its own number: greeting, main menu, accounts menu,
    an agent, a talk."""
    hall = Hall(hotline, [(agent, PHONE) for agent in AGENTS], at=OPEN)
    caller = Script(answers=(Press("2"), Press("2")))
    chance = Random(calls)
    async with asyncio.TaskGroup() as group:
        placed = []
        for number in islice(_NUMBERS, calls):
            call = hall.call(number, caller, profile=_customer(number))
            placed.append(group.create_task(call))
            await asyncio.sleep(chance.expovariate(1 / EVERY))
    hall.close()
    return [task.result() for task in placed]


def _waited(trials: list[Trial]) -> int:
    """How many of the calls found nobody free; all went the whole way."""
    for trial in trials:
        assert trial.summary.outcome == "answered", trial.summary
        assert trial.steps()[-3:] == ["accounts.accounts_menu", "accounts.statement", _LAST]
    return sum(bool(trial.all("announced")) for trial in trials)


_LAST = "accounts.agent"
_NUMBERS = (f"1350{n:07}" for n in count())  # nobody rings twice


def _customer(number: str) -> Profile:
    return Profile(f"+86{number}", "陈明", date(1991, 8, 30), ("zh",))


async def _along(hotline: Hotline, steps: int) -> None:
    """One call along a flow of so many steps of a kind, and to an agent at its end."""
    hall = Hall(hotline, [(AGENTS[0], PHONE)], at=OPEN)
    number = next(_NUMBERS)
    trial: Trial = await hall.call(number, profile=_customer(number))
    assert trial.summary.outcome == "answered", trial.summary
    ran = sum(step.startswith("chain.step_") for step in trial.steps())
    assert ran == steps, f"{ran} steps ran, not {steps}"
    hall.close()


def _chain(folder: Path, kind: str, steps: int) -> Path:
    """The shipped hotline, but that every call begins with a flow of `steps` steps of one kind."""
    shutil.copytree(resources.flows(), folder)
    names = [f"step_{n}" for n in range(steps)]
    lines = ["flow: chain", "about: Nothing but steps.", "start: step_0", "steps:"]
    for name, following in zip(names, [*names[1:], "end"], strict=True):
        lines.append(f"  {name}: {KINDS[kind].replace('NEXT', following)}")
    lines.append("  end: {goto: main.human}")
    (folder / "chain.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    file = folder / "center.yaml"
    center = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  strings only
    center["center"] |= {"entry": "chain", "step_budget": "10000"}
    file.write_text(yaml.safe_dump(center, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def _report(
    rates: list[float],
    alone: list[float],
    costs: dict[str, list[float]],
    waited: float,
    facts: dict[str, object],
) -> Report:
    series = {
        "calls a second, whole": Series.of("1/s", rates),
        "calls a second, the flow alone": Series.of("1/s", alone),
    } | {f"µs a step: {kind}": Series.of("µs", values) for kind, values in costs.items()}
    whole = series["calls a second, whole"].median
    flow = series["calls a second, the flow alone"].median
    return Report(
        name="simulated",
        title="calls in virtual time, and steps of a flow, on one core",
        how=(
            "Calls through the shipped flows, each from a number of its own, to a floor of "
            f"{len(AGENTS)} agents: recognised, greeted, a key in the main menu and one in the "
            f"accounts menu, an agent found ({waited:.0%} waited for one and heard how long), rung, "
            "told who calls, and talked to; the record of some 20 events kept in memory. Each went "
            "the whole way. The flow alone: the same menus, but an agent is there at once, without "
            "a floor, phones, a talk or a record kept. A step's cost is what a call along a flow of "
            f"{STEPS:,} steps takes more than one along a single step, events of the record "
            f"included. Processor time; {len(rates)} rounds, everything once in each."
        ),
        columns=("", "lowest", "median", "highest"),
        rows=tuple(
            (name, *(shown(x) for x in (min(s.values), s.median, max(s.values))))
            for name, s in series.items()
        ),
        claims=(
            Claim(
                f"the engine runs more than {FLOW:,.0f} calls a second of the flow ({flow:,.0f})",
                flow > FLOW,
            ),
            Claim(
                f"more than {LEAST:.0f} whole calls a second can be simulated ({whole:.0f})",
                whole > LEAST,
            ),
        ),
        machine=facts,
        figures={name: s.json() for name, s in series.items()},
    )
