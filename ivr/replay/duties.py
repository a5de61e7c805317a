"""What does an agent serve, and when, as far as a trace shows it?

What an agent served on a day is what the agent could serve: of the kinds served often, from the first
service to the last; of the others, all day. Agents are moved from kind to kind meanwhile, and that
shows too: an agent who takes a caller although one of another kind is ahead of that caller does not
serve the other kind then, from the first time this happens after a service of it to the last before
the next.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ivr.replay.trace import DAY, Recorded, Trace
from ivr.replay.waits import NOTICED, Waits

REGULAR = 10
"""Calls of one kind on one day, from which on an agent serves it from the first to the last."""

PLAINLY = 5.0
"""By how many seconds another caller must be ahead to be passed over."""

Steps = tuple[tuple[float, frozenset[str]], ...]
"""The moments at which what an agent serves changes, and what it is from then on."""

Passed = Mapping[tuple[str, str], Sequence[float]]
"""When an agent passed over callers of a kind, by both, in order."""


@dataclass(frozen=True, slots=True)
class Service:
    """An agent is busy from `start` to `end`, with a call of `kind` or, if that is "", other work."""

    start: float
    end: float
    kind: str


def services_of(trace: Trace) -> dict[str, list[Service]]:
    """Every agent's services in order; one that runs into the next ends where that begins."""
    found: dict[str, list[Service]] = defaultdict(list)
    for call in trace.calls:
        if call.answered and call.agent is not None:
            found[call.agent].append(Service(call.until, call.until + call.talk, call.asks))
    for work in trace.work:
        found[work.agent].append(Service(work.start, work.start + work.seconds, ""))
    for agent, services in found.items():
        services.sort(key=lambda one: one.start)
        ends = [one.start for one in services[1:]] + [float("inf")]
        found[agent] = [
            Service(one.start, min(one.end, end), one.kind)
            for one, end in zip(services, ends, strict=True)
        ]
    return dict(sorted(found.items()))


def duties_of(services: Mapping[str, Sequence[Service]], passed: Passed) -> dict[str, Steps]:
    """What each agent serves from when on; the first of the steps is the first service."""
    return {agent: _duties(agent, found, passed) for agent, found in services.items()}


def at(steps: Steps, moment: float) -> frozenset[str]:
    """What an agent serves at a moment."""
    return next((kinds for start, kinds in reversed(steps) if start <= moment), frozenset())


def passed_over(calls: Sequence[Recorded], waits: Waits) -> Passed:
    """When agents took a caller although one who asked for something else was ahead.

    A caller answered at once was not ahead of anybody who waited: the agent had been free. Only
    callers whose head start is known count.
    """
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for call in calls:
        if call.answered and call.agent is not None and (known := _ahead_by(call)) is not None:
            for kind in _passed(call, known, waits):
                found[call.agent, kind].append(call.until)
    return {both: sorted(moments) for both, moments in found.items()}


def _ahead_by(call: Recorded) -> float | None:
    """The seconds of waiting time, head start included, that another must have more of."""
    if call.waited == 0.0:
        return float("-inf")
    return None if call.head_start is None else call.waited + call.head_start + PLAINLY


def _passed(call: Recorded, known: float, waits: Waits) -> set[str]:
    within = NOTICED if call.waited == 0.0 else PLAINLY / 2
    others = (other for other in waits.at(call.until, within) if other.head_start is not None)
    return {
        other.asks
        for other in others
        if other.asks != call.asks and call.until - other.since + (other.head_start or 0.0) > known
    }


def _duties(agent: str, services: Sequence[Service], passed: Passed) -> Steps:
    served: dict[tuple[int, str], list[Service]] = defaultdict(list)
    shift: dict[int, tuple[float, float]] = {}
    for one in services:
        day = int(one.start // DAY)
        shift[day] = (shift.get(day, (one.start, 0.0))[0], one.end)
        if one.kind:
            served[day, one.kind].append(one)
    spans = [
        (kind, *span)
        for (day, kind), calls in served.items()
        for span in _spans(calls, shift[day], passed.get((agent, kind), ()))
    ]
    moments = {services[0].start, *(moment for _, *span in spans for moment in span)}
    steps: list[tuple[float, frozenset[str]]] = []
    for moment in sorted(moments):
        kinds = frozenset(kind for kind, first, last in spans if first <= moment < last)
        if not steps or steps[-1][1] != kinds:
            steps.append((moment, kinds))
    return tuple(steps)


def _spans(
    calls: Sequence[Service], shift: tuple[float, float], passed: Sequence[float]
) -> Iterator[tuple[float, float]]:
    """From when to when an agent served the kind of `calls`, on one day."""
    first, last = (calls[0].start, calls[-1].end) if len(calls) >= REGULAR else shift
    edges = [(first, first), *((one.start, one.end) for one in calls), (last, last)]
    for (_, before), (after, _) in pairwise(edges):
        cuts = passed[bisect_right(passed, before) : bisect_left(passed, after)]
        if cuts:
            if cuts[0] > first:
                yield first, cuts[0]
            first = cuts[-1] + 1.0
    if last > first:
        yield first, last
