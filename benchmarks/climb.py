"""Up the rates: how a step of calls is placed, followed at both ends, and judged."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from rich.console import Console

from benchmarks.figures import Series
from benchmarks.load.callers import Call, Callers
from benchmarks.load.phones import Phones
from benchmarks.machine import QUIET, Others, Process, quiet
from benchmarks.stage import Stage
from ivr.record import CallRecord
from tests.rig.carrier import HOTLINE_NUMBER
from tests.rig.carrier_switch import PHONES_ADDRESS, TRUNK_ADDRESS
from tests.rig.rig import HOTLINE_ADDRESS

CARELINE, STATIC = "Careline", "static dialplan"

STATIC_PREFIX = "7"  # the static dialplan rings phone a042 for who dials 7042

LASTS = 10.0  # seconds each rate is kept up
TRIES = 2  # a rate that fails is tried once more: a hiccup of the machine is no limit
NOISY_TRIES = 5  # tries that do not count, because others used the machine meanwhile
KEY, LISTENS = "1", 5.0  # the caller reports a lost card, so many seconds into greeting and menu
PROMPT_FRAMES = 50  # packets of the menu itself, a second of it, that must have been heard by then
SLOW = 0.5  # seconds; 95 of 100 calls must be answered, and a phone be rung after the key, sooner
RECOVERS = 10.0  # seconds the switch gets after a rate that was too much for it
LONGEST = 25.0  # seconds after which a call that is not over has failed


@dataclass(frozen=True, slots=True)
class Step:
    """What became of the calls of one rate. Delays are the 95th of 100, in seconds.

    `to_answer` is from INVITE to its 200, `to_phone` from the released key to the INVITE at the
    agent's phone. `fewest_frames` is the least that any caller heard of the menu. CPU is in seconds
    a call: Careline's, Asterisk's, and this load's own. `others` is the share of the machine that
    other programs took. `late` is how far the load fell behind in sending sound, at worst.
    """

    way: str
    rate: int
    calls: int
    failures: dict[str, int]
    fewest_frames: int
    to_answer: float
    to_phone: float
    careline_cpu: float
    asterisk_cpu: float
    load_cpu: float
    others: float
    late: float

    @property
    def sustained(self) -> bool:
        """Whether every call came through, and nobody had to wait."""
        return not self.failures and self.to_answer < SLOW and self.to_phone < SLOW

    def sentence(self) -> str:
        """The step in one line."""
        verdict = "sustained" if self.sustained else "NOT sustained"
        failures = "".join(f"; {count} {what}" for what, count in self.failures.items())
        return (
            f"  {self.way:<16} {self.rate:>3}/s {verdict}: {self.calls} calls, p95 to answer "
            f"{self.to_answer * 1000:.0f} ms, key to phone {self.to_phone * 1000:.0f} ms, others took "
            f"{self.others:.0%}{failures}"
        )


class Climb:
    """Both ways up the rates, in turn, until each has failed one. `steps` is what came of it."""

    def __init__(
        self, on: Stage, prompt: frozenset[bytes], numbers: Iterator[str], console: Console
    ) -> None:
        self.steps: list[Step] = []
        self._on = on
        self._prompt = prompt
        self._numbers = numbers
        self._console = console
        self._next_phone = cycle(agent.name for agent in on.agents)
        self._callers: Callers
        self._phones: Phones
        self._careline: Process
        self._put_through: dict[str, str] = {}  # by Careline: number → agent heard

    async def all(self, rates: Sequence[int]) -> None:
        """Climb."""
        on = self._on
        on.know_agents()
        switch = (HOTLINE_ADDRESS, on.switches.wiring.sip_port)
        self._callers = await Callers.open(TRUNK_ADDRESS, switch, self._prompt)
        self._phones = await Phones.open(PHONES_ADDRESS, switch)
        try:
            await self._phones.register(on.agents)
            async with on.careline() as self._careline:
                climbing = [CARELINE, STATIC]
                for rate in rates:
                    for way in tuple(climbing):
                        if not await self._sustains(way, rate):
                            climbing.remove(way)
                    climbing.reverse()  # neither is always the first
        finally:
            self._phones.close()
            self._callers.close()

    async def _sustains(self, way: str, rate: int) -> bool:
        failed = noisy = 0
        while failed < TRIES and noisy < NOISY_TRIES:
            await quiet(self._on.processes(self._careline))
            step = await self._step(way, rate)
            self._console.print(step.sentence(), highlight=False)
            self.steps.append(step)
            if step.sustained:
                return True
            if step.others > QUIET:
                noisy += 1
            else:
                failed += 1
            await asyncio.sleep(RECOVERS)  # what is too much for one must not be held against the
            await self._phones.register(self._on.agents)  # other; phones may have seemed to be gone
        return False

    async def _step(self, way: str, rate: int) -> Step:
        processes = (self._careline, self._on.asterisk, Process(os.getpid()))
        before = [process.cpu() for process in processes]
        others = Others(self._on.processes(self._careline))
        self._callers.forget_lateness()
        calls = await self._place(way, rate)
        await asyncio.sleep(1.0)  # the last records are written, the last channels closed
        spent = [process.cpu() - was for process, was in zip(processes, before, strict=True)]
        faults = [fault for call in calls if (fault := self._fault(way, call))]
        answers = [call.answered - call.invited for call in calls if call.answered]
        rings = [delay for call in calls if (delay := self._to_phone(call)) is not None]
        careline, asterisk, load = (seconds / len(calls) for seconds in spent)
        return Step(
            way=way,
            rate=rate,
            calls=len(calls),
            failures=dict(Counter(faults)),
            fewest_frames=min(call.prompt_frames for call in calls),
            to_answer=Series.of("s", answers or [LONGEST]).p95,
            to_phone=Series.of("s", rings or [LONGEST]).p95,
            careline_cpu=careline,
            asterisk_cpu=asterisk,
            load_cpu=load,
            others=others.share(),
            late=self._callers.late,
        )

    async def _place(self, way: str, rate: int) -> list[Call]:
        """Place the calls of one step, evenly in time, and see each to its end."""
        loop = asyncio.get_running_loop()
        begins, placed = loop.time(), []
        for n in range(round(rate * LASTS)):
            await asyncio.sleep(begins + n / rate - loop.time())
            number, dialled = next(self._numbers), self._dialled(way)
            call = self._callers.call(number, dialled, KEY, LISTENS, LONGEST)
            placed.append(asyncio.create_task(call))
        return await asyncio.gather(*placed)

    def _dialled(self, way: str) -> str:
        if way == CARELINE:
            return HOTLINE_NUMBER
        return next(self._next_phone).replace("a", STATIC_PREFIX)

    def _to_phone(self, call: Call) -> float | None:
        """Seconds from the key to the phone's INVITE."""
        rings = self._phones.rings.get(call.number, [])
        return rings[0].rung - call.keyed if rings and call.keyed is not None else None

    def _fault(self, way: str, call: Call) -> str | None:
        """The first thing that is not as it must be in a call, from both its ends; None if nothing."""
        rings = self._phones.rings.get(call.number, [])
        phone = call.dialled.replace(STATIC_PREFIX, "a", 1) if way == STATIC else call.agent
        if way == CARELINE:
            self._put_through[call.number] = call.agent
        found = {
            "not answered": call.answered is None,
            "without the menu": call.prompt_frames < PROMPT_FRAMES,
            "rang no phone, or several": len(rings) != 1,
            "rang another phone": [ring.phone for ring in rings] != [phone],
            "did not hear the agent": call.agent != phone,
            "was not heard": [ring.heard for ring in rings] != [call.number],
            call.failure: bool(call.failure),
            "was not hung up on": call.ended is None,
        }
        return next((what for what, wrong in found.items() if wrong), None)

    def check_records(self) -> None:
        """Careline's own records must tell of every call that came through what both ends saw."""
        with self._on.database() as database:
            summaries = {
                summary.number: summary
                for summary in database.calls.list(limit=2 * len(self._put_through))
            }
            for number, agent in self._put_through.items():
                summary = summaries[f"+86{number}"]
                if agent:
                    _must_tell(database.calls.show(summary.call_id), agent)


def _must_tell(record: CallRecord, agent: str) -> None:
    steps = [event.data["step"] for event in record.events if event.kind == "step"]
    summary = record.summary
    assert (summary.outcome, summary.agent, summary.queue) == ("answered", agent, "cards"), summary
    assert "main_menu" in steps, f"{summary.call_id} went past the menu: {steps}"
