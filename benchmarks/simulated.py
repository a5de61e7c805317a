"""How many calls a second can be simulated on one core, and what does a step of a flow cost?"""

import shutil
import tempfile
from collections.abc import Coroutine
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

import yaml
from rich.console import Console

from benchmarks import machine
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

ROUNDS = 9
CALLS = 200  # simulated calls in a round
STEPS = 1000  # steps in one flow
LEAST = 100.0  # calls a second

AGENT = AgentAccount("chen", "Chen", "zh", {"zh": 5, "accounts": 4}, logged_in=True)
PHONE = Answers(after=2.0, talks=60.0)
CALLER = Profile("+8613522220035", "陈明", date(1991, 8, 30), ("zh",))
NUMBER = "13522220035"

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
    costs: dict[str, list[float]] = {kind: [] for kind in KINDS}
    shipped = load(resources.flows())
    with tempfile.TemporaryDirectory() as folder:
        short, long = (
            {kind: load(_chain(Path(folder) / f"{n}-{kind}", kind, n)) for kind in KINDS}
            for n in (1, 1 + steps)
        )
        _seconds(_through_the_menu(shipped, 1))  # loads the calendar of holidays, once
        for _ in range(rounds):
            rates.append(calls / _seconds(_through_the_menu(shipped, calls)))
            for kind in KINDS:
                more = _seconds(_along(long[kind], 1 + steps)) - _seconds(_along(short[kind], 1))
                costs[kind].append(more / steps * 1e6)
    return _report(rates, costs, facts)


def _seconds(work: Coroutine[Any, Any, None]) -> float:
    """Seconds of processor time that the work takes in virtual time."""
    before = process_time()
    virtual_time.run(work)
    return process_time() - before


async def _through_the_menu(hotline: Hotline, calls: int) -> None:
    """One call after the other: greeting, main menu, accounts menu, an agent, a talk."""
    hall = Hall(hotline, [(AGENT, PHONE)], at=OPEN)
    caller = Script(answers=(Press("2"), Press("2")))
    for _ in range(calls):
        trial = await hall.call(NUMBER, caller, profile=CALLER)
        assert (trial.summary.outcome, trial.summary.agent) == ("answered", AGENT.name), trial
        assert trial.steps()[-3:] == ["accounts.accounts_menu", "accounts.statement", _LAST]
    hall.close()


_LAST = "accounts.agent"


async def _along(hotline: Hotline, steps: int) -> None:
    """One call along a flow of so many steps of a kind, and to an agent at its end."""
    hall = Hall(hotline, [(AGENT, PHONE)], at=OPEN)
    trial: Trial = await hall.call(NUMBER, profile=CALLER)
    assert (trial.summary.outcome, trial.summary.agent) == ("answered", AGENT.name), trial.summary
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


def _report(rates: list[float], costs: dict[str, list[float]], facts: dict[str, object]) -> Report:
    series = {"calls a second": Series.of("1/s", rates)} | {
        f"µs a step: {kind}": Series.of("µs", values) for kind, values in costs.items()
    }
    median = series["calls a second"].median
    return Report(
        name="simulated",
        title="calls in virtual time, and steps of a flow, on one core",
        how=(
            f"Calls through the shipped flows: recognised, greeted, the main menu, the accounts "
            "menu, an agent found, rung and talked to, the record kept in memory; each was answered "
            "by that agent on that way. A step's cost is what a call along a flow of "
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
                f"more than {LEAST:.0f} calls a second can be simulated ({median:.0f})",
                median > LEAST,
            ),
        ),
        machine=facts,
        figures={name: s.json() for name, s in series.items()},
    )
