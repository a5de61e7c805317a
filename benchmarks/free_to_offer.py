"""A caller waits and an agent's talk ends: how long until that agent's phone rings again?"""

import asyncio
import random
from dataclasses import dataclass
from datetime import date

from rich.console import Console

from benchmarks import machine
from benchmarks.figures import Series, shown
from benchmarks.joined import Joinings
from benchmarks.machine import Others, quiet
from benchmarks.report import Claim, Report
from benchmarks.stage import Stage, stage
from ivr.agent import AgentAccount
from ivr.caller import Profile
from tests.rig.carrier import HOTLINE_NUMBER
from tests.rig.leg import Leg
from tests.rig.phone import Answers, Phone, Refuses
from tests.rig.rig import Rig

SAMPLES = 50
WAITS = (
    1.5,
    11.5,
)  # seconds a caller waits before the agent is free: any moment of sentence, music
# and announcement, and any phase of app_queue's intervals
TIMES_BETTER = 10.0

CALLER = Profile("+8613911110072", "王秀兰", date(1954, 3, 12), ("zh",))
NUMBER = "13911110072"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to serve waiting callers: the number that reaches it, and its only agent."""

    name: str
    dialled: str
    agent: str


CARELINE = Way("Careline", HOTLINE_NUMBER, "ana")
QUEUE = Way("app_queue, defaults", "955001", "bao")
CAREFUL_QUEUE = Way("app_queue, ringinuse = no", "955002", "cai")
WAYS = (CARELINE, QUEUE, CAREFUL_QUEUE)

AGENTS = [
    AgentAccount(way.agent, way.agent, "zh", {"zh": 5, "senior_care": 4}, logged_in=way is CARELINE)
    for way in WAYS
]

# autofill = no is the default, but the hotline's own queue has it the other way.
QUEUES = f"""
[defaults]
autofill = no
member => PJSIP/{QUEUE.agent}

[careful]
autofill = no
ringinuse = no
member => PJSIP/{CAREFUL_QUEUE.agent}
"""
DIALPLAN = f"""
[from-carrier](+)
exten => {QUEUE.dialled},1,Answer(,i)
 same => n,Queue(defaults)
exten => {CAREFUL_QUEUE.dialled},1,Answer(,i)
 same => n,Queue(careful)
"""


def run(quick: bool, console: Console) -> Report:
    """The benchmark."""
    with stage(AGENTS, [CALLER]) as on:
        facts = machine.facts(on.switches.asterisk.version)
        on.add("queues", QUEUES, "app_queue.so")
        on.add("extensions", DIALPLAN, "pbx_config.so")
        samples = 5 if quick else SAMPLES
        times, others = asyncio.run(_measure(on, samples))
        _check_records(on, samples)
    return _report(times, facts | {"others took": f"{others:.0%}"})


async def _measure(on: Stage, samples: int) -> tuple[dict[str, Series], float]:
    async with Rig.over(on.switches) as rig:
        await rig.staff(on.agents)
        joinings = Joinings(rig)
        async with on.careline() as careline:
            await quiet(on.processes(careline))
            others = Others(on.processes(careline))
            async with asyncio.TaskGroup() as group:
                running = {
                    way.name: group.create_task(_keep_busy(rig, joinings, way, samples))
                    for way in WAYS
                }
            share = others.share()
    return {name: Series.of("s", task.result()) for name, task in running.items()}, share


async def _keep_busy(rig: Rig, joinings: Joinings, way: Way, samples: int) -> list[float]:
    """One agent, in talk after talk, while there is always one caller who waits.

    In a talk the phone refuses other calls as busy, as a phone with one line does.
    """
    waits = random.Random(way.name)
    phone = rig.carrier.phone(way.agent)
    phone.behaviour = Answers(after=0.0)
    joined = joinings.next(way.agent)
    caller = await rig.carrier.call(NUMBER, way.dialled)
    talk = await phone.rung()
    times = []
    for _ in range(samples):
        await asyncio.wait_for(joined, 10)
        phone.behaviour = Refuses("busy")
        waiting = await rig.carrier.call(NUMBER, way.dialled)
        await waiting.until_answered()
        await asyncio.sleep(waits.uniform(*WAITS))
        assert not talk.ended, f"{way.name}: the talk ended before the agent ended it"
        assert not caller.ended, f"{way.name}: the caller was cut off"
        joined = joinings.next(way.agent)
        await talk.hang_up()
        phone.behaviour = Answers(after=0.0)
        free = talk.ended_at or 0.0
        talk, caller = await _next_rung(phone, free), waiting
        times.append(talk.invited_at - free)
    await asyncio.wait_for(joined, 10)
    await talk.hang_up()
    await caller.until_ended()
    refused = len(phone.calls) - samples - 1
    assert way is QUEUE or not refused, f"{way.name} rang a phone in a talk {refused} times"
    return times


async def _next_rung(phone: Phone, free: float) -> Leg:
    """The first call that came when the phone was free; those before were refused."""
    while True:
        leg = await phone.rung()
        if leg.invited_at >= free:
            return leg


def _check_records(on: Stage, samples: int) -> None:
    """Careline itself must say that every caller was answered, by its agent."""
    with on.database() as database:
        summaries = database.calls.list(limit=10 * samples)
    assert len(summaries) == samples + 1, f"{len(summaries)} records for {samples + 1} calls"
    assert {(one.outcome, one.agent) for one in summaries} == {("answered", CARELINE.agent)}


def _report(times: dict[str, Series], facts: dict[str, object]) -> Report:
    careline, queue = times[CARELINE.name], times[QUEUE.name]
    ratio = queue.median / careline.median
    return Report(
        name="free-to-offer",
        title="from the end of an agent's talk to the next INVITE at that phone, in ms",
        how=(
            f"{len(careline.values)} times each way, at the same time on one switch, each with one "
            "agent who always talks and one caller who always waits, for "
            f"{WAITS[0]} to {WAITS[1]} seconds, at random. No wrap-up time anywhere. In a talk the "
            "phone is busy: app_queue by default rings it nevertheless, is refused, and tries again "
            "after 5 seconds; with ringinuse = no it looks once a second. Both ends are timed by the "
            "carrier's clock. Every call was answered by that phone and joined with the caller who "
            "waited."
        ),
        columns=("", "best", "median", "p95", "worst", "median ÷ Careline's"),
        rows=tuple(
            (
                name,
                *(shown(x * 1000) for x in (s.best, s.median, s.p95, s.worst)),
                f"{s.median / careline.median:.1f}",
            )
            for name, s in times.items()
        ),
        claims=(
            Claim(
                f"at the median app_queue takes more than {TIMES_BETTER:.0f} times as long as "
                f"Careline ({ratio:.0f} times)",
                ratio > TIMES_BETTER,
            ),
        ),
        machine=facts,
        figures={name: series.json() for name, series in times.items()},
    )
