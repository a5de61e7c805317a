"""How many of these callers could anybody have answered, knowing everything beforehand?

An upper bound. Whoever routes has only the agents' ready time, minute by minute, and must begin
each talk before the caller's patience ends. Let a second of an agent in minute b have a price of
p(b) >= 0. A caller answered at time t then costs the prices of that talk, c(t), and for any prices

    answered  <=  sum over b of p(b) * ready(b)  +  sum over callers of max(0, 1 - min over t of c(t))

for a caller who costs more than 1 is not worth answering, and nobody can sell more time than there
is. (This is weak duality: the prices are Lagrange multipliers.) Prices are then moved to where the
bound is least, by subgradient steps; it holds for whatever they are.

An agent may end the talk they are in when they leave: a mean talk's time is added to every stretch
of being there. Short pauses count where the trace has them, though in a replay they may have to wait
for the end of a talk. The bound takes every agent to be able to serve every call, lets a talk change
hands, and knows who will call and for how long they will wait. Given the true lengths of talks it
also knows who has a short matter, and lives on those. Given each kind's mean length it is a bound,
in expectation, on whoever does not know how long a caller will talk.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ivr.replay.scene import Caller
from ivr.replay.shifts import Shifts

MINUTE = 60.0
FIRST_PRICE, STEP = 0.003, 0.0007
"""Where the prices begin and how far they first move: any will do, these are quick to get low."""

Floats = NDArray[np.float64]


def most_answered(
    scene: Sequence[Caller],
    shifts: Shifts,
    talk: Callable[[Caller], float],
    rounds: int = 150,
) -> float:
    """The least bound found on how many of the scene's callers can be answered.

    `talk` is a talk's length in seconds, whoever the agent is; switching is added to it.
    """
    if not scene or not shifts.leaves:
        return 0.0
    ready = _ready(shifts, sum(map(talk, scene)) / len(scene))
    end = len(ready) * MINUTE
    offers = _Offers(scene, shifts.switching, talk, end)
    prices = np.full(len(ready), FIRST_PRICE)
    best, moved = float(len(scene)), np.zeros(len(ready))
    for _ in range(rounds):
        gain, used = offers.answer(prices)
        best = min(best, float(prices @ ready) + gain)
        slope = ready - used
        moved += slope**2
        # The step of AdaGrad (Duchi et al. 2011): minutes that were often wrong move less.
        prices = np.maximum(0.0, prices - STEP * slope / np.sqrt(np.maximum(moved, 1e-9)))
    return best


def _ready(shifts: Shifts, overrun: float) -> Floats:
    """The agents' ready seconds in each minute, and `overrun` after each stretch of being there."""
    count = int((max(shifts.leaves.values()) + overrun) // MINUTE) + 2
    edges = np.zeros(count + 1)

    def add(start: float, seconds: float, sign: float) -> None:
        for at, way in ((start, sign), (start + seconds, -sign)):
            minute = int(at // MINUTE)
            if minute < count:
                edges[minute] += way * ((minute + 1) * MINUTE - at)
                edges[minute + 1] += way * (at - minute * MINUTE)

    for agent, steps in shifts.skills.items():
        add(steps[0][0], shifts.leaves[agent] + overrun - steps[0][0], 1.0)
    for one in shifts.breaks:
        late = min(overrun, one.seconds) if one.away else 0.0
        add(one.start + late, one.seconds - late, -1.0)
    return np.asarray(np.maximum(0.0, np.cumsum(edges)[:count]))


class _Offers:
    """For every caller the moments at which the cheapest beginning of the talk may lie.

    The price of a talk changes linearly between moments at which its beginning or its end passes
    from one minute to the next, so the cheapest is one of those, or an end of the window.
    """

    def __init__(
        self,
        scene: Sequence[Caller],
        switching: float,
        talk: Callable[[Caller], float],
        end: float,
    ) -> None:
        starts: list[Floats] = []
        self._first: list[int] = []
        lengths: list[float] = []
        count = 0
        for caller in scene:
            length = talk(caller) + switching
            last = max(caller.since, min(caller.since + caller.longest, end - MINUTE))
            moments = [np.array([caller.since, last])]
            for shift in (0.0, length):
                low, high = (caller.since + shift) // MINUTE + 1, (last + shift) // MINUTE
                moments.append(np.arange(low, high + 1) * MINUTE - shift)
            found = np.concatenate(moments)
            self._first.append(count)
            count += len(found)
            starts.append(found)
            lengths.append(length)
        self._starts = np.concatenate(starts)
        self._sizes = np.diff([*self._first, count])
        self._lengths = np.repeat(lengths, self._sizes)
        self._length = np.asarray(lengths)

    def answer(self, prices: Floats) -> tuple[float, Floats]:
        """What callers are worth beyond their price, and the seconds bought in each minute."""
        edges = np.arange(len(prices) + 1) * MINUTE
        paid = np.concatenate([[0.0], np.cumsum(prices * MINUTE)])
        costs = np.interp(self._starts + self._lengths, edges, paid)
        costs -= np.interp(self._starts, edges, paid)
        least = np.minimum.reduceat(costs, self._first)
        cheapest = np.flatnonzero(costs <= np.repeat(least, self._sizes))
        # Of several cheapest moments the first: one entry for each caller.
        owner = np.repeat(np.arange(len(least)), self._sizes)[cheapest]
        _, once = np.unique(owner, return_index=True)
        bought = least < 1.0
        begins = self._starts[cheapest[once]][bought]
        used = _spread(begins, begins + self._length[bought], len(prices))
        return float(np.sum(1.0 - least[bought])), used


def _spread(begins: Floats, ends: Floats, minutes: int) -> Floats:
    """How many seconds of the spans fall into each minute."""
    edges = np.zeros(minutes + 2)
    for at, sign in ((begins, 1.0), (ends, -1.0)):
        minute = np.minimum(at // MINUTE, minutes).astype(int)
        np.add.at(edges, minute, sign * ((minute + 1) * MINUTE - at))
        np.add.at(edges, minute + 1, sign * (at - minute * MINUTE))
    return np.asarray(np.cumsum(edges)[:minutes])
