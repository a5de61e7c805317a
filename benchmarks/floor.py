"""How many events a second does the floor take in, and does one take longer the more calls wait?"""

from collections.abc import Iterator
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random
from time import process_time

import pygal
from rich.console import Console

from benchmarks import machine
from benchmarks.figures import shown
from benchmarks.report import Claim, Report
from routing.events import (
    AgentArrived,
    CallLeft,
    CallWaits,
    Event,
    Offer,
    OfferAccepted,
    TalkOver,
    TimePassed,
)
from routing.floor import Floor
from routing.model import Agent, Need, Queue, Relax
from tests.rig.engine import CHECKOUT

WAITING, AGENTS = (100, 1_000, 10_000), (50, 500, 5_000)
ASKED = ((1_000, 500), (10_000, 2_000))  # the floors for which something is claimed
EVENTS, QUICK_EVENTS = 40_000, 2_000
RATE, P99 = 20_000.0, 0.005  # events a second, and seconds
TALK, HANGS_UP = 180.0, 0.1
LANGUAGES = ("zh", "zh", "zh", "zh", "en", "ja", "ru", "ko")

QUEUES = {
    name: Queue(name, head_start=head_start, wrap_up=15.0)
    for name, head_start in (("general", 0.0), ("cards", 900.0), ("senior", 600.0))
}


def run(quick: bool, console: Console) -> Report:
    """Let floors of all sizes run at full load."""
    events = QUICK_EVENTS if quick else EVENTS
    sizes = sorted({*ASKED, *((w, a) for w in WAITING for a in AGENTS)})
    taken = {}
    for waiting, agents in sizes:
        console.print(f"  {waiting:,} waiting, {agents:,} agents", highlight=False)
        taken[waiting, agents] = sorted(seconds_an_event(waiting, agents, events))
    p99 = {size: times[int(0.99 * len(times))] for size, times in taken.items()}
    rate = {size: len(times) / sum(times) for size, times in taken.items()}
    if not quick:
        draw(p99, rate, CHECKOUT / "var" / "bench" / "floor.svg")
    return Report(
        name="floor",
        title="The floor at full load, on one core",
        how=(
            "All agents talk or wrap up, and as many calls wait; for each that is served another "
            "comes, one in ten hangs up. Needs in five languages, three queues, two of which relax "
            "twice; every agent has two to five skills. The events are those of a day in virtual "
            "time, each timed by itself in processor time; sizes come one after another in one process."
        ),
        columns=("waiting × agents", "events/s", "median µs", "p99 µs", "worst ms"),
        rows=tuple(
            (
                f"{waiting:,} × {agents:,}",
                f"{rate[waiting, agents]:,.0f}",
                shown(1e6 * times[len(times) // 2]),
                shown(1e6 * p99[waiting, agents]),
                shown(1e3 * times[-1]),
            )
            for (waiting, agents), times in taken.items()
        ),
        claims=(
            Claim("over 20,000 events a second at 1,000 × 500", rate[ASKED[0]] > RATE),
            Claim("p99 under 5 ms at 10,000 × 2,000", p99[ASKED[1]] < P99),
        ),
        machine=machine.facts(),
        figures={
            f"{waiting} x {agents}": {"events_a_second": rate[size], "p99_s": p99[size]}
            for size in taken
            for waiting, agents in [size]
        },
    )


def seconds_an_event(waiting: int, agents: int, events: int) -> Iterator[float]:
    """What each event of a floor at full load takes, once it is full."""
    dice, number = Random(7), count()
    floor, now = Floor(QUEUES), 0.0
    diary: list[tuple[float, int, Event]] = []
    event: Event
    names: list[str] = []

    def comes() -> CallWaits:
        names.append(f"c{next(number)}")
        return call(names[-1], dice)

    def told(event: Event) -> float:
        begin = process_time()
        orders = floor.handle(event, now)
        took = process_time() - begin
        for order in orders:
            if isinstance(order, Offer):
                heappush(diary, (now + 3, next(number), OfferAccepted(order.call, order.agent)))
        return took

    def talks(begun: Event) -> None:
        assert isinstance(begun, OfferAccepted)
        over = TalkOver(begun.call, begun.agent)
        heappush(diary, (now + dice.expovariate(1 / TALK), next(number), over))

    for each in range(agents):
        told(AgentArrived(agent(f"a{each}", dice)))
    now = TALK * waiting / agents  # as long as the last of so many waits
    for _ in range(agents):
        told(comes())
    answered, diary = diary, []
    for _, _, event in answered:
        told(event)
        talks(event)
    for each in range(waiting):
        told(replace(comes(), since=now * each / waiting))
    measured, settling = 0, events // 4 + agents
    while measured < events + settling:
        wake = floor.next_wake()
        event = TimePassed()
        if wake is not None and (not diary or wake <= diary[0][0]):
            now = wake
        else:
            at, _, event = heappop(diary)
            now = max(now, at)
        todo = [event]
        if isinstance(event, OfferAccepted):
            talks(event)
            todo.append(comes())
            if dice.random() < HANGS_UP:
                gone = names[dice.randrange(len(names))]
                if floor.call(gone) is not None:
                    todo += [CallLeft(gone), comes()]
        for each_event in todo:
            took = told(each_event)
            measured += 1
            if measured > settling:
                yield took


def call(name: str, dice: Random) -> CallWaits:
    """A call that wants what calls usually want."""
    language = dice.choice(LANGUAGES)
    wants, queue = Need({language: 1}), dice.choice(("general", "general", "cards", "senior"))
    if queue == "general":
        return CallWaits(name, queue, wants, (Relax(60.0, Need({"zh": 1})),))
    skill = "cards" if queue == "cards" else "senior_care"
    relax = (Relax(20.0, Need({skill: 1, language: 1})), Relax(45.0, wants))
    return CallWaits(name, queue, Need({skill: 3, language: 1}), relax)


def agent(name: str, dice: Random) -> Agent:
    """An agent who speaks one or two languages and knows one to three fields."""
    spoken = {dice.choice(LANGUAGES), dice.choice(LANGUAGES)}
    known = {field for field in ("cards", "senior_care", "accounts") if dice.random() < 0.5}
    return Agent(name, {skill: dice.randint(1, 5) for skill in sorted(spoken | known)})


def draw(p99: dict[tuple[int, int], float], rate: dict[tuple[int, int], float], path: Path) -> None:
    """The growth curve: what an event takes by the number waiting, a line for each staff."""
    chart = pygal.Line(
        logarithmic=True,
        title="The floor: microseconds an event, by calls waiting",
        x_title="calls waiting",
        y_title="µs",
        legend_at_bottom=True,
    )
    chart.x_labels = [f"{waiting:,}" for waiting in WAITING]
    for agents in AGENTS:
        mean = [1e6 / rate[waiting, agents] for waiting in WAITING]
        chart.add(f"{agents:,} agents, mean", mean)
        slow = [1e6 * p99[waiting, agents] for waiting in WAITING]
        chart.add(f"{agents:,} agents, p99", slow, stroke_style={"dasharray": "4, 4"})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(chart.render())
