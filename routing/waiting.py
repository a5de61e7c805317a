"""How many are ahead of a waiting call, and how long will it wait?

While all who could serve a call are busy, their talks end at random at the rate of agents divided
by the mean handle time, so the n-th caller in line waits for the n-th end: an Erlang distribution
of shape n. The range told is its middle 80 %: one caller in ten is served sooner, one in ten later.
It foresees neither agents yet to come nor later callers with a greater head start.

What a caller was told is kept, and the next range begins from it: told again, the wait is longer
than what was left of it only with a reason, which is told with it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from routing.lane import Lane, Ranked
from routing.model import Need, Place, Waiting

ASSUMED_HANDLE_TIME = 240.0
"""Seconds of talk and wrap-up, until a queue has shown its own."""

ASSUMED_TALKS = 5
"""How many talks the assumption counts for, so that one very short talk promises nothing."""

MEMORY = 30
"""About how many of the latest talks make a queue's mean handle time."""

_Z = 1.2816  # the normal distribution's 90 % point

_NOTHING_SEEN = (ASSUMED_TALKS, ASSUMED_HANDLE_TIME)


class HandleTimes:
    """The moving mean of talk and wrap-up of each queue, in seconds."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, float]] = {}

    def add(self, queue: str, seconds: float) -> None:
        """Learn from a talk that has ended."""
        count, mean = self._seen.get(queue, _NOTHING_SEEN)
        count = min(count + 1, MEMORY)
        self._seen[queue] = (count, mean + (seconds - mean) / count)

    def mean(self, queue: str) -> float:
        """What a call of `queue` takes."""
        return self._seen.get(queue, _NOTHING_SEEN)[1]


def rivals(lane: Lane, lanes: Iterable[Lane]) -> Iterator[Ranked[Place]]:
    """The waiting calls of all needs that compete for the agents of `lane`, its own among them."""
    for other in lanes:
        if other is lane or (other.waiting and not lane.working.isdisjoint(other.working)):
            yield other.waiting


def ahead(waiting: Waiting, lane: Lane, lanes: Iterable[Lane]) -> int:
    """How many calls come first of those that compete for the agents of `lane`."""
    return sum(calls.before(waiting.place) for calls in rivals(lane, lanes))


def expected_wait(
    waiting: Waiting,
    lane_of: Callable[[Need], Lane],
    lanes: Iterable[Lane],
    handle_time: float,
    now: float,
) -> tuple[float, float] | None:
    """From how many to how many more seconds the call waits; None if nobody at work could serve it.

    Every stage still to come is tried: the call is served in whichever serves it first.
    """
    ranges, lanes = [], tuple(lanes)
    for number, stage in enumerate(waiting.stages[waiting.stage :], waiting.stage):
        lane = lane_of(stage.need)
        if not lane.working:
            continue
        until = max(0.0, waiting.stage_begins(number) - now)
        pace = handle_time / len(lane.working)
        # At best only callers with this very need are served by these agents first, at worst all.
        fewest = lane.waiting.before(waiting.place) + 1
        most = ahead(waiting, lane, lanes) + 1
        ranges.append((until + _erlang(fewest, -_Z) * pace, until + _erlang(most, _Z) * pace))
    if not ranges:
        return None
    return min(low for low, _ in ranges), min(high for _, high in ranges)


Reason = Literal["", "overtaken", "fewer_agents", "slower"]
"""Why the wait told is longer than what was left of the one told before; "" when it is not.

overtaken     calls with a greater head start came, or a supervisor put others ahead
fewer_agents  fewer agents who could serve the call are at work
slower        the agents' talks take longer than talks have taken, so the promise cannot be kept
"""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a caller is told at `at`: the position, and a wait of `low` to `high` more seconds.

    Both are None when nobody who could serve the call is at work.
    """

    at: float
    position: int
    agents: int
    low: float | None = None
    high: float | None = None
    reason: Reason = ""

    def held(self, served_at: float) -> bool | None:
        """Whether the wait from then on was within the range; None if none was told."""
        if self.low is None or self.high is None:
            return None
        return self.low <= served_at - self.at <= self.high


def told_after(before: Outlook | None, fresh: Outlook) -> Outlook:
    """`fresh` as it is told to a caller who was told `before`: not longer without a reason.

    Without one, what was left of the wait told is told again, until even the shortest wait foreseen
    is longer than that; it is honest then to say that it takes longer.
    """
    if before is None or before.high is None or fresh.high is None or fresh.low is None:
        return fresh
    left = before.high - (fresh.at - before.at)
    if fresh.high <= left:
        return fresh
    reason: Reason = "slower"
    if fresh.position > before.position:
        reason = "overtaken"
    elif fresh.agents < before.agents:
        reason = "fewer_agents"
    elif left > fresh.low:
        return Outlook(fresh.at, fresh.position, fresh.agents, fresh.low, left)
    return Outlook(fresh.at, fresh.position, fresh.agents, fresh.low, fresh.high, reason)


def _erlang(shape: int, z: float) -> float:
    """The quantile at normal point `z` of an Erlang distribution of rate 1.

    By Wilson and Hilferty (1931): the cube root of a gamma variable is nearly normal.
    """
    return float(shape * (1 - 1 / (9 * shape) + z / (3 * sqrt(shape))) ** 3)
