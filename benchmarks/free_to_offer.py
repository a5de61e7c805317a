"""Callers wait and an agent's talk ends: how long until that agent's phone rings again?"""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from time import time

from rich.console import Console

from benchmarks import machine
from benchmarks.figures import Series, shown
from benchmarks.joined import Joinings
from benchmarks.load.crowd import Crowd, Waiting
from benchmarks.machine import Others, quiet
from benchmarks.report import Claim, Report
from benchmarks.stage import Stage, stage
from ivr.agent import AgentAccount
from ivr.caller import Profile
from tests.rig.carrier import HOTLINE_NUMBER
from tests.rig.carrier_switch import TRUNK_ADDRESS
from tests.rig.leg import Leg
from tests.rig.phone import Answers, Phone, Refuses
from tests.rig.rig import HOTLINE_ADDRESS, Rig

SAMPLES = 30
TIMES_BETTER = 10.0
GOES_SLOWER = 2.0
"""How many times as long as with one waiting Careline may take at most, with 200."""

CALLERS = 3000
_LONGEST = 180.0  # seconds; what takes longer has got stuck
_LOOKS = 15  # once a second, whether Careline has written its records
FIRST = 8
"""Callers who came in at the same time, any of whom may have waited longest. They send sound as most
telephones do (AsyncAGI looks for its next command when a packet comes, or 10 times a second); those
behind them suppress silence, or the packets of 600 telephones would be what is measured."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to serve waiting callers. `talks`: so long an agent talks, in seconds, at random.

    They reach over one period of what the way does regularly, so that a talk ends at any phase.
    """

    name: str
    talks: tuple[float, float]


CARELINE = Way("Careline", (0.5, 2.5))
QUEUE = Way("app_queue, its defaults", (0.5, 5.5))  # it tries again after 5 seconds
CAREFUL = Way("app_queue, `ringinuse = no`", (0.5, 2.5))  # it looks once a second
WAYS = (CARELINE, QUEUE, CAREFUL)


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue with one agent: the number that reaches it, and whose phone it rings."""

    way: Way
    dialled: str
    agent: str


def _lane(way: Way, number: int) -> Lane:
    return Lane(way, f"95500{number}", f"q{number}")


OURS, CARE = Lane(CARELINE, HOTLINE_NUMBER, "ana"), _lane(CAREFUL, 0)
QUEUES = tuple(_lane(QUEUE, number) for number in range(1, 5))
LANES = (OURS, CARE, *QUEUES)

WAITING = {
    1: (LANES,),
    50: ((OURS, CARE, *QUEUES[:3]),),
    200: ((OURS, CARE), QUEUES[:2]),
}
"""How many wait for one agent, and what is measured at the same time. app_queue with its defaults
comes to a measurement in 5 s only, so several such queues are measured, each with a crowd of its own.
400 callers with music are what one switch on two cores carries beside its callers and phones."""

AGENTS = [
    AgentAccount(lane.agent, lane.agent, "zh", {"zh": 5, "senior_care": 4}, logged_in=lane is OURS)
    for lane in LANES
]

# autofill = no is the default, but the hotline's own queue has it the other way.
QUEUES_CONF = "".join(
    f"[{lane.agent}]\nautofill = no\n{'ringinuse = no' if lane is CARE else ''}\n"
    f"member => PJSIP/{lane.agent}\n"
    for lane in (CARE, *QUEUES)
)
DIALPLAN = "[from-carrier](+)\n" + "".join(
    f"exten => {lane.dialled},1,Answer(,i)\n same => n,Queue({lane.agent})\n"
    for lane in (CARE, *QUEUES)
)

Times = dict[str, list[float]]
"""Of each way, every time from the end of a talk to the next INVITE, in seconds."""


def run(quick: bool, console: Console) -> Report:
    """The benchmark."""
    numbers = [f"139{n:08}" for n in range(CALLERS)]
    elders = [Profile(f"+86{number}", "王秀兰", date(1954, 3, 12), ("zh",)) for number in numbers]
    with stage(AGENTS, elders, rtp_ports=3000, whisper=False) as on:
        facts = machine.facts(on.switches.asterisk.version)
        on.play_quiet_music()
        on.add("queues", QUEUES_CONF, "app_queue.so")
        on.add("extensions", DIALPLAN, "pbx_config.so")
        samples = 3 if quick else SAMPLES
        times, others = asyncio.run(_measure(on, iter(numbers), samples, console))
    series = {
        waiting: {way: Series.of("s", values) for way, values in found.items()}
        for waiting, found in times.items()
    }
    return _report(series, facts | {"others took": f"{others:.0%}"})


async def _measure(
    on: Stage, numbers: Iterator[str], samples: int, console: Console
) -> tuple[dict[int, Times], float]:
    times: dict[int, Times] = {}
    async with Rig.over(on.switches) as rig:
        await rig.staff(on.agents)
        joinings = Joinings(rig)
        async with on.careline() as careline:
            await quiet(on.processes(careline))
            others = Others(on.processes(careline))
            processes = (careline, on.asterisk)
            for waiting, passes in WAITING.items():
                times[waiting] = {}
                for lanes in passes:
                    began = [process.cpu() for process in processes]
                    start = asyncio.get_running_loop().time()
                    async with asyncio.timeout(_LONGEST):
                        crowd = await _crowd(on, numbers)
                        found = await _with_waiting(waiting, lanes, samples, rig, joinings, crowd)
                    times[waiting] |= found
                    took = asyncio.get_running_loop().time() - start
                    ours, switch = (
                        (process.cpu() - was) / took
                        for process, was in zip(processes, began, strict=True)
                    )
                    console.print(
                        f"  {waiting} waiting for each of {len(lanes)}: {took:.0f} s, of a core "
                        f"Asterisk {switch:.0%} and Careline {ours:.0%}",
                        highlight=False,
                    )
            share = others.share()
            await _until_recorded(on, sum(len(found[CARELINE.name]) for found in times.values()))
    return times, share


async def _crowd(on: Stage, numbers: Iterator[str]) -> Crowd:
    return await Crowd.open(TRUNK_ADDRESS, (HOTLINE_ADDRESS, on.switches.wiring.sip_port), numbers)


async def _with_waiting(
    waiting: int, lanes: tuple[Lane, ...], samples: int, rig: Rig, joinings: Joinings, crowd: Crowd
) -> Times:
    """Measure every lane at the same time, until each way has its samples; then all leave."""
    times: Times = {lane.way.name: [] for lane in lanes}
    ready = asyncio.Barrier(len(lanes))

    def enough() -> bool:
        return all(len(found) >= samples for found in times.values())

    try:
        async with asyncio.TaskGroup() as group:
            for lane in lanes:
                busy = _Lane(lane, rig.carrier.phone(lane.agent), joinings, crowd)
                group.create_task(busy.measure(waiting, ready, enough, times[lane.way.name]))
    finally:
        await crowd.close()
    for lane in lanes:  # nothing of one crowd may be there when the next comes in
        for leg in rig.carrier.phone(lane.agent).calls:
            await leg.until_ended()
    return times


class _Lane:
    """An agent in talk after talk, and the crowd that waits for no other.

    In a talk the phone refuses other calls as busy, as a phone with one line does.
    """

    def __init__(self, lane: Lane, phone: Phone, joinings: Joinings, crowd: Crowd) -> None:
        self._lane, self._phone, self._joinings, self._crowd = lane, phone, joinings, crowd
        self._chance = random.Random(lane.agent)

    async def measure(
        self, waiting: int, ready: asyncio.Barrier, enough: Callable[[], bool], times: list[float]
    ) -> None:
        """Keep so many waiting, and add to `times` until there are `enough`."""
        lane, phone, crowd = self._lane, self._phone, self._crowd
        phone.behaviour = Answers(after=0.0)
        joined = self._joinings.next(lane.agent)
        began = time()  # what rang before was for the crowd before
        first = await crowd.ring(lane.dialled)
        _, talk = await _next_rung(phone, began)
        await asyncio.wait_for(joined, 10)
        phone.behaviour = Refuses("busy")
        queue = await crowd.come_in(lane.dialled, waiting)
        self._speak(queue)
        await ready.wait()
        while not enough():
            await asyncio.sleep(self._chance.uniform(*lane.way.talks))
            assert not talk.ended, (
                f"{lane.way.name}: a talk of {(talk.ended_at or 0) - (talk.answered_at or 0):.2f} s "
                f"ended by itself (cause {talk.cause})"
            )
            joined = self._joinings.next(lane.agent)
            await talk.hang_up()
            phone.behaviour = Answers(after=0.0)
            free = talk.ended_at or 0.0
            rung, talk = await _next_rung(phone, free)
            times.append(rung - free)
            await asyncio.wait_for(joined, 10)
            phone.behaviour = Refuses("busy")
            self._take_out(queue, talk)
            queue.append(await crowd.ring(lane.dialled))
            self._speak(queue)
        assert first.ended.is_set(), f"{lane.way.name}: the first caller was not hung up on"

    def _speak(self, queue: list[Waiting]) -> None:
        for one in queue[:FIRST]:
            one.speak()

    def _take_out(self, queue: list[Waiting], talk: Leg) -> None:
        """Who talks now must have waited longest: everybody here is in the same right."""
        numbers = [one.number for one in queue]
        assert talk.caller_number in numbers[:FIRST], (
            f"{self._lane.way.name} took {talk.caller_number}, and not one of {numbers[:FIRST]}"
        )
        place = numbers.index(talk.caller_number)
        served = queue.pop(place)
        assert not served.ended.is_set(), f"{self._lane.way.name}: the caller was cut off"


async def _next_rung(phone: Phone, free: float) -> tuple[float, Leg]:
    """When the free phone was first rung, and the call that it takes.

    Calls from before were refused; so may be one that comes in the very moment the talk ends.
    """
    first: float | None = None
    while True:
        leg = await phone.rung()
        if leg.invited_at < free:
            continue
        first = leg.invited_at if first is None else first
        try:
            await leg.until_answered()
        except AssertionError:  # refused
            continue
        return first, leg


async def _until_recorded(on: Stage, served: int) -> None:
    """Careline itself must say that whoever was measured was answered, by its agent."""
    expected = [OURS.agent] * (served + len(WAITING))  # each crowd's first: not measured
    agents: list[str | None] = []
    for _ in range(_LOOKS):
        with on.database() as database:
            summaries = database.calls.list(limit=2 * CALLERS)
        agents = [one.agent for one in summaries if one.outcome == "answered"]
        if agents == expected:
            return
        await asyncio.sleep(1.0)
    raise AssertionError(f"{len(agents)} records, of {set(agents)}, for {len(expected)} talks")


def _report(times: dict[int, dict[str, Series]], facts: dict[str, object]) -> Report:
    fewest, most = min(times), max(times)
    ratios = {
        waiting: min(found[way.name].median for way in WAYS[1:]) / found[CARELINE.name].median
        for waiting, found in times.items()
    }
    slower = times[most][CARELINE.name].median / times[fewest][CARELINE.name].median
    return Report(
        name="free-to-offer",
        title="from the end of an agent's talk to the next INVITE at that phone, in ms",
        how=(
            f"At least {min(len(s.values) for found in times.values() for s in found.values())} "
            "times each way and number waiting, in one run on one switch, side by side (with "
            f"{most} waiting app_queue's defaults after the others, at the same load), each with one "
            "agent who always talks and a crowd of callers who always wait for that agent, with "
            f"quiet music in their codec, of whom the first {FIRST} send sound; who was served is "
            "replaced at once. No wrap-up time anywhere; talks are of random length. In a talk the "
            "phone is busy: app_queue by default rings it nevertheless, is refused, and tries again "
            "after 5 seconds; with ringinuse = no it looks once a second. Both ends are timed by the "
            "carrier's clock. Every call was joined with that phone, and was the one that had waited "
            "longest."
        ),
        columns=("waiting", "", "times", "median", "p95", "worst", "median ÷ Careline's"),
        rows=tuple(
            (
                str(waiting),
                way,
                str(len(s.values)),
                *(shown(x * 1000) for x in (s.median, s.p95, s.worst)),
                f"{s.median / found[CARELINE.name].median:.1f}",
            )
            for waiting, found in times.items()
            for way, s in found.items()
        ),
        claims=(
            *(
                Claim(
                    f"with {waiting} waiting, at the median app_queue at its better takes more than "
                    f"{TIMES_BETTER:.0f} times as long as Careline ({ratio:.0f} times)",
                    ratio > TIMES_BETTER,
                )
                for waiting, ratio in ratios.items()
            ),
            Claim(
                f"with {most} waiting Careline takes less than {GOES_SLOWER:.0f} times as long as "
                f"with {fewest} ({slower:.1f} times)",
                slower < GOES_SLOWER,
            ),
        ),
        machine=facts,
        figures={
            str(waiting): {name: series.json() for name, series in found.items()}
            for waiting, found in times.items()
        },
    )
