"""When was each agent there, and for which calls? Only as far as the trace shows it.

An agent is there in a service and in a gap between two services that is shorter than `away`
seconds. Not all of such a gap was spent ready: while a call waited that the agent could have taken,
the agent was not ready for it. So a gap is a pause up to the last moment at which a call of the
agent's kinds waited in the trace, and readiness from then on. In a gap in which none waited nobody
could notice a pause; its length is drawn from the pauses that could be seen, those no longer than
the gap. What every gap has, though calls wait, is the switching from one call to the next: its mean
is measured, and is part of every handling.

On a day an agent serves a kind from the first to the last service of it that the trace shows, or
all the while where there are too few to tell.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from ivr.replay.trace import DAY, Recorded, Trace

AWAY = 1800.0
"""The gap between two services, in seconds, from which on an agent is taken to have been away."""

SWITCHING = 10.0
"""The longest gap that still counts as switching from one call to the next, in seconds."""

REGULAR = 10
"""Calls of one kind on one day, from which on an agent serves it from the first to the last."""

NOTICED = 3.0
"""A wait that ends within so many seconds is no sign that an agent was not ready."""


@dataclass(frozen=True, slots=True)
class Break:
    """The agent takes no calls for `seconds`, from `start` or from the end of the talk then."""

    agent: str
    start: float
    seconds: float
    away: bool


@dataclass(frozen=True, slots=True)
class Shifts:
    """Who is there when, for what.

    `skills` holds for each agent the moments at which they change: at the first, which is the first
    service, the agent comes. `leaves` are the ends of the last services. `switching` is the mean
    time between two services while calls wait, in seconds.
    """

    skills: Mapping[str, tuple[tuple[float, frozenset[str]], ...]]
    leaves: Mapping[str, float]
    breaks: tuple[Break, ...]
    switching: float

    def hours(self) -> float:
        """Agents' hours that are neither away nor paused."""
        there = sum(self.leaves[name] - steps[0][0] for name, steps in self.skills.items())
        return (there - sum(one.seconds for one in self.breaks)) / 3600.0


@dataclass(frozen=True, slots=True)
class _Busy:
    start: float
    end: float
    kind: str
    call: str


def shifts_of(trace: Trace, away: float = AWAY, seed: int = 0) -> Shifts:
    """What the trace shows of its agents, and `seed` adds of pauses that nobody could notice."""
    chance = Random(f"pauses {seed}")  # noqa: S311  a simulation's, not a secret's
    services = _services(trace)
    skills = {agent: _skills(busy) for agent, busy in services.items()}
    waits = _Waits(trace.calls)
    pauses: list[float] = []
    quiet: list[tuple[str, float, float]] = []
    breaks: list[Break] = []
    for agent, busy in services.items():
        for before, after in pairwise(busy):
            gap = after.start - before.end
            if gap > away:
                breaks.append(Break(agent, before.end, gap, away=True))
                continue
            able = _at(skills[agent], before.end)
            waited = waits.last(before.end, after.start, able)
            if waited is None:
                quiet.append((agent, before.end, gap))
                continue
            breaks.append(Break(agent, before.end, waited - before.end, away=False))
            if waited >= after.start:
                pauses.append(max(0.0, gap))
    switching = [gap for gap in pauses if gap <= SWITCHING]
    pauses.sort()
    for agent, start, gap in quiet:
        if likely := bisect_right(pauses, gap):
            breaks.append(Break(agent, start, pauses[chance.randrange(likely)], away=False))
    usual = sum(switching) / len(switching) if switching else 0.0
    # Every talk in the replay is followed by the usual switching, also one before a break.
    breaks = [
        Break(one.agent, one.start, one.seconds - usual, one.away)
        for one in breaks
        if one.seconds > SWITCHING
    ]
    return Shifts(
        skills,
        {agent: busy[-1].end for agent, busy in services.items()},
        tuple(sorted(breaks, key=lambda one: (one.start, one.agent))),
        usual,
    )


def _services(trace: Trace) -> dict[str, list[_Busy]]:
    """Every agent's services in order; one that runs into the next ends where that begins."""
    found: dict[str, list[_Busy]] = defaultdict(list)
    for call in trace.calls:
        if call.answered and call.agent is not None:
            kind = call.skill or call.kind
            found[call.agent].append(_Busy(call.until, call.until + call.talk, kind, call.call))
    for work in trace.work:
        found[work.agent].append(_Busy(work.start, work.start + work.seconds, "", ""))
    for agent, busy in found.items():
        busy.sort(key=lambda one: (one.start, one.call))
        ends = [one.start for one in busy[1:]] + [float("inf")]
        found[agent] = [
            _Busy(one.start, min(one.end, end), one.kind, one.call)
            for one, end in zip(busy, ends, strict=True)
        ]
    return dict(sorted(found.items()))


def _skills(busy: Sequence[_Busy]) -> tuple[tuple[float, frozenset[str]], ...]:
    """What the agent serves from when on."""
    served: dict[tuple[int, str], list[_Busy]] = defaultdict(list)
    shift: dict[int, tuple[float, float]] = {}
    for one in busy:
        day = int(one.start // DAY)
        shift[day] = (shift.get(day, (one.start, 0.0))[0], one.end)
        if one.kind:
            served[day, one.kind].append(one)
    spans = [
        (kind, *((calls[0].start, calls[-1].end) if len(calls) >= REGULAR else shift[day]))
        for (day, kind), calls in served.items()
    ]
    moments = {busy[0].start, *(at for _, *span in spans for at in span)}
    steps: list[tuple[float, frozenset[str]]] = []
    for at in sorted(moments):
        kinds = frozenset(kind for kind, first, last in spans if first <= at < last)
        if not steps or steps[-1][1] != kinds:
            steps.append((at, kinds))
    return tuple(steps)


def _at(steps: Sequence[tuple[float, frozenset[str]]], at: float) -> frozenset[str]:
    return next((kinds for start, kinds in reversed(steps) if start <= at), frozenset())


class _Waits:
    """When calls of each kind waited."""

    def __init__(self, calls: Sequence[Recorded]) -> None:
        self._by_kind: dict[str, list[Recorded]] = defaultdict(list)
        for call in calls:
            if call.waited > NOTICED:
                self._by_kind[call.skill or call.kind].append(call)
        self._since = {
            kind: [call.since for call in found] for kind, found in self._by_kind.items()
        }
        self._longest = max((call.waited for call in calls), default=0.0)

    def last(self, start: float, end: float, kinds: frozenset[str]) -> float | None:
        """The last moment from `start` to `end` at which a call of `kinds` waited; None if none."""
        latest: float | None = None
        for kind in kinds & self._by_kind.keys():
            since = self._since[kind]
            low = bisect_left(since, start - self._longest)
            high = bisect_left(since, end)
            for call in self._by_kind[kind][low:high]:
                until = min(call.until, end)
                if until > start and until - max(call.since, start) > NOTICED:
                    latest = until if latest is None else max(latest, until)
        return latest
