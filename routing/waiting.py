"""How many are ahead of a waiting call, and how long will it wait?

While all who could serve a call are busy, their talks end at random at the rate of agents divided
by the mean handle time, so the n-th caller in line waits for the n-th end: an Erlang distribution
of shape n. The range told is its middle 80 %: one caller in ten is served sooner, one in ten later.
It foresees neither agents yet to come nor later callers with a greater head start.
"""

from collections.abc import Iterable, Mapping
from math import sqrt

from routing.lane import Lane
from routing.model import Need, Waiting

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


def ahead(waiting: Waiting, lane: Lane, lanes: Iterable[Lane]) -> int:
    """How many calls come first of those that compete for the agents of `lane`."""
    return sum(
        other.waiting.before(waiting.place)
        for other in lanes
        if other is lane or (other.waiting and not lane.working.isdisjoint(other.working))
    )


def expected_wait(
    waiting: Waiting, lanes: Mapping[Need, Lane], handle_time: float, now: float
) -> tuple[float, float] | None:
    """From how many to how many more seconds the call waits; None if nobody at work could serve it.

    Every stage still to come is tried: the call is served in whichever serves it first.
    """
    ranges = []
    for number, stage in enumerate(waiting.stages[waiting.stage :], waiting.stage):
        lane = lanes[stage.need]
        if not lane.working:
            continue
        until = max(0.0, waiting.stage_begins(number) - now)
        pace = handle_time / len(lane.working)
        # At best only callers with this very need are served by these agents first, at worst all.
        fewest = lane.waiting.before(waiting.place) + 1
        most = ahead(waiting, lane, lanes.values()) + 1
        ranges.append((until + _erlang(fewest, -_Z) * pace, until + _erlang(most, _Z) * pace))
    if not ranges:
        return None
    return min(low for low, _ in ranges), min(high for _, high in ranges)


def _erlang(shape: int, z: float) -> float:
    """The quantile at normal point `z` of an Erlang distribution of rate 1.

    By Wilson and Hilferty (1931): the cube root of a gamma variable is nearly normal.
    """
    return float(shape * (1 - 1 / (9 * shape) + z / (3 * sqrt(shape))) ** 3)
