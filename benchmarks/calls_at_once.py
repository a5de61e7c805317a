"""How many calls at once can hear a menu, hear music in a queue, or talk to agents?"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml
from rich.console import Console

from benchmarks import machine
from benchmarks.figures import Series, shown
from benchmarks.load.callers import Call, Callers, Task
from benchmarks.load.gaps import LATE, Listening
from benchmarks.load.phones import Phones
from benchmarks.machine import Others, Process, quiet
from benchmarks.report import Claim, Report
from benchmarks.stage import Stage, stage
from ivr.agent import AgentAccount
from ivr.switch import process
from tests.rig.carrier import HOTLINE_NUMBER
from tests.rig.carrier_switch import PHONES_ADDRESS, TRUNK_ADDRESS
from tests.rig.rig import HOTLINE_ADDRESS

LEVELS = (50, 100, 150, 200, 250, 300, 400, 500)
ATTEMPTS = 2  # times a level is listened to before it counts as too much
RATE = 12.0  # calls a second until a level is reached
SETTLES, LISTENS = 2.0, 5.0  # seconds
SLOW = 0.5  # seconds within which 95 of 100 calls must be answered
GAPS = 1.0  # packets in a thousand that may come late
KEY_AFTER = 1.0
TALKS = 600.0  # seconds: nobody hangs up before the end
SURE = 100  # calls at once that are claimed of each kind

PHONES = [
    AgentAccount(f"a{n:03}", f"A{n}", "zh", {"zh": 5, "cards": 3}, logged_in=True)
    for n in range(max(LEVELS))
]
AWAY = AgentAccount("away", "Away", "zh", {"senior_care": 5}, logged_in=True, paused="break")
"""The only agent who could serve those who wait, and does not."""

KINDS = {"menu with prompts": "", "queue with music": "0", "talk with an agent": "1"}
"""What callers do, and the key that leads there."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A level of one kind, as callers had it and as it cost. Memory is in megabytes, CPU in cores."""

    kind: str
    calls: int
    there: int
    to_answer: float
    packets: int
    gaps: int
    worst_gap: float
    careline: float
    asterisk: float
    load: float
    others: float
    careline_memory: float
    asterisk_memory: float

    @property
    def late(self) -> float:
        """Packets of a thousand that came late."""
        return 1000 * self.gaps / max(1, self.packets)

    @property
    def good(self) -> bool:
        """Whether everybody is there, was answered soon, and hears without gaps."""
        all_there = self.there == self.calls and self.packets > 0
        return all_there and self.late <= GAPS and self.to_answer < SLOW

    @property
    def why(self) -> str:
        """What was not good."""
        if self.there < self.calls:
            return f"{self.calls - self.there} calls lost"
        return "gaps" if self.late > GAPS else "slow to answer"

    def sentence(self) -> str:
        """The level in one line."""
        return (
            f"  {self.kind:<19} {self.calls:>4} {'good' if self.good else f'NOT good: {self.why}'}; "
            f"answered in {self.to_answer * 1000:.0f} ms (p95), {self.late:.2f} packets in 1,000 "
            f"late (worst {self.worst_gap * 1000:.0f} ms), cores: Careline {self.careline:.2f}, "
            f"Asterisk {self.asterisk:.2f}, load {self.load:.2f}, others {self.others:.2f}"
        )


def run(quick: bool, console: Console) -> Report:
    """The benchmark."""
    levels = LEVELS[:1] if quick else LEVELS
    with stage([*PHONES, AWAY], [], rtp_ports=9000, change=_endless) as on:
        facts = machine.facts(on.switches.asterisk.version)
        crowd = _Crowd(on, console)
        asyncio.run(crowd.all(levels))
    return _report(crowd.heard, crowd.before, facts)


def _endless(flows: Path) -> None:
    """The menu is said again and again, and nobody serves who waits in the general queue."""

    def change(name: str, how: Callable[[dict[str, dict[str, object]]], None]) -> None:
        file = flows / name
        content = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
        how(content)
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        file.write_text(text, encoding="utf-8")

    def center(content: dict[str, dict[str, object]]) -> None:
        # Between music and words there is a silence, which must not count as a gap.
        seldom = {"first": "1h", "every": "1h"}
        content["queues"]["general"] = {"need": {"senior_care": "1"}, "unstaffed": "main.nobody",
                                        "announce": seldom}  # fmt: skip
        content["limits"] = {"inputs": "5", "time": "1h"}
        content.pop("admission", None)

    def main(content: dict[str, dict[str, object]]) -> None:
        menu = content["steps"]["main_menu"]
        assert isinstance(menu, dict)
        menu["no_input"] = ["main_again"] * 30
        menu["patience"] = "1s"

    change("center.yaml", center)
    change("main.yaml", main)


class _Crowd:
    """Callers who come, level by level, and stay. `heard` is how each level was."""

    def __init__(self, on: Stage, console: Console) -> None:
        self.heard: list[Heard] = []
        self.before = (0.0, 0.0)
        self._on = on
        self._console = console
        self._number = 0
        self._air: Listening
        self._callers: Callers
        self._careline: Process

    async def all(self, levels: tuple[int, ...]) -> None:
        """Every kind, up its levels."""
        on = self._on
        on.know_agents()
        switch = (HOTLINE_ADDRESS, on.switches.wiring.sip_port)
        self._callers = await Callers.open(TRUNK_ADDRESS, switch, frozenset(), self._listen)
        phones = await Phones.open(PHONES_ADDRESS, switch, TALKS)
        try:
            await phones.register(on.agents)
            async with on.careline(speech=False) as self._careline:
                self.before = (self._careline.memory(), on.asterisk.memory())
                for kind, key in KINDS.items():
                    await self._climb(kind, key, levels)
        finally:
            phones.close()
            self._callers.close()

    def _listen(self, address: str) -> Listening:
        self._air = Listening(address)
        return self._air

    async def _climb(self, kind: str, key: str, levels: tuple[int, ...]) -> None:
        await quiet(self._on.processes(self._careline), within=10.0)
        memory = (self._careline.memory(), self._on.asterisk.memory())
        calls: list[Call] = []
        tasks: list[Task] = []
        try:
            for level in levels:
                came = await self._come(level - len(calls), key, calls, tasks)
                for _ in range(ATTEMPTS):
                    heard = await self._listen_to(kind, calls, came, memory)
                    self._console.print(heard.sentence(), highlight=False)
                    if heard.good:
                        break
                self.heard.append(heard)
                if not heard.good:
                    break
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._all_gone()

    async def _come(self, count: int, key: str, calls: list[Call], tasks: list[Task]) -> list[Call]:
        came = []
        for _ in range(count):
            self._number += 1
            number = f"138{self._number:08}"
            call, task = self._callers.begin(number, HOTLINE_NUMBER, key, KEY_AFTER)
            came.append(call)
            tasks.append(task)
            await asyncio.sleep(1 / RATE)
        calls += came
        await asyncio.sleep(SETTLES + KEY_AFTER)
        return came

    async def _listen_to(
        self, kind: str, calls: list[Call], came: list[Call], memory: tuple[float, float]
    ) -> Heard:
        on = self._on
        measured = (self._careline, on.asterisk, Process(os.getpid()))
        others, spent = Others(on.processes(self._careline)), [one.cpu() for one in measured]
        self._air.begin()
        await asyncio.sleep(LISTENS)
        cores = [(one.cpu() - was) / LISTENS for one, was in zip(measured, spent, strict=True)]
        talks = kind == "talk with an agent"
        answers = [one.answered - one.invited for one in came if one.answered is not None]
        return Heard(
            kind=kind,
            calls=len(calls),
            there=sum(
                one.answered is not None
                and one.ended is None
                and not one.failure
                and (one.joined is not None or not talks)
                for one in calls
            ),
            to_answer=Series.of("s", answers or [SLOW]).p95,
            packets=self._air.packets,
            gaps=self._air.gaps,
            worst_gap=self._air.worst,
            careline=cores[0],
            asterisk=cores[1],
            load=cores[2],
            others=others.share() * (os.cpu_count() or 1),
            careline_memory=self._careline.memory() - memory[0],
            asterisk_memory=on.asterisk.memory() - memory[1],
        )

    async def _all_gone(self) -> None:
        """Wait until the switch holds no channel of these calls."""
        switches = self._on.switches
        for _ in range(60):
            listed = await asyncio.to_thread(
                process.command, switches.asterisk, switches.hotline, "core show channels concise"
            )
            if not listed:
                return
            await asyncio.sleep(0.5)


def _report(heard: list[Heard], before: tuple[float, float], facts: dict[str, object]) -> Report:
    rows, claims = [], []
    for kind in KINDS:
        levels = [one for one in heard if one.kind == kind]
        best = max((one for one in levels if one.good), key=lambda one: one.calls, default=None)
        failed = next((one for one in levels if not one.good), None)
        claims.append(
            Claim(
                f"{kind}: {SURE} calls at once without gaps",
                best is not None and best.calls >= SURE,
            )
        )
        if best is None:
            rows.append((kind, "none", *["–"] * 8))
            continue
        per_call = [
            1000 * best.careline / best.calls,
            1000 * best.asterisk / best.calls,
            1024 * best.careline_memory / best.calls,
            1024 * best.asterisk_memory / best.calls,
        ]
        rows.append(
            (
                kind,
                f"{best.calls:,}",
                f"{failed.calls:,}: {failed.why}" if failed else "not reached",
                f"{best.to_answer * 1000:.0f}",
                f"{best.late:.2f}",
                *map(shown, per_call),
                _busiest(failed or best),
            )
        )
    return Report(
        name="load",
        title="calls at once, with sound both ways",
        how=(
            f"For each kind {RATE:.0f} calls a second come until a level is reached "
            f"({LEVELS[0]} to {LEVELS[-1]} calls), and are listened to for {LISTENS:.0f} seconds. A "
            f"level is good if every call is there (in talks: hears the agent's own voice), 95 of 100 "
            f"of those that came last were answered within {SLOW * 1000:.0f} ms, and no more than "
            f"{GAPS:g} packet of sound in 1,000 came more than {LATE * 1000:.0f} ms after the one "
            "before, by the kernel's clock; one that is not is listened to twice. Talks are recorded. "
            "CPU is in thousandths of a core a call, memory in kB a call beyond what was held before "
            f"(Careline {before[0]:.0f} MB, Asterisk {before[1]:.0f} MB without calls). Callers and "
            "phones run on the same cores. Cores: what Careline, Asterisk, the load and others took of "
            f"{os.cpu_count()} in the last level."
        ),
        columns=(
            "",
            "at once",
            "not good at",
            "p95 to answer, ms",
            "late in 1,000",
            "CPU Careline",
            "CPU Asterisk",
            "kB Careline",
            "kB Asterisk",
            "cores",
        ),
        rows=tuple(rows),
        claims=tuple(claims),
        machine=facts,
        figures={"levels": [asdict(one) for one in heard], "memory before, MB": before},
    )


def _busiest(last: Heard) -> str:
    taken = (last.careline, last.asterisk, last.load, last.others)
    return " + ".join(f"{cores:.2f}" for cores in taken)
