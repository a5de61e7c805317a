"""How long is an agent not ready after a call? Where nobody waits that is not seen.

If a call waited until the agent took it, the pause was the whole gap between the two services. If no
call waited, or none to the end, the pause ended at some moment before the next service, and the agent
was idle for the rest. Of pauses seen whole and within bounds the most likely distribution is found by
letting each of those within bounds count where it may be, as likely as the distribution says, and
that again until nothing changes (Turnbull 1976); here an idle time's own likelihood counts as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IDLE = 27.0
"""How long, in seconds in the mean, an agent waits for a call where none waits. Around it as many
callers of the "Anonymous Bank" who find nobody waiting are answered at once in the model as were in
the trace (57 in 100); with 100 s they are 62, and queues are empty too often."""

ROUNDS = 60
_SHORT = (0.0, 2.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Bounds:
    """A pause that was longer than `low` (if that is not 0), and at most `high`, in seconds."""

    low: float
    high: float


class Pauses:
    """Lengths of pauses, and how likely each is. Nobody pauses where no pause was seen whole."""

    def __init__(self, whole: Sequence[float], within: Sequence[Bounds], longest: float) -> None:
        self._whole = len(whole)
        self._lengths = np.array([*_SHORT, *np.geomspace(12.0, max(longest, 13.0), _STEPS)])
        places = np.searchsorted(self._lengths, whole).clip(max=len(self._lengths) - 1)
        seen = np.bincount(places, minlength=len(self._lengths)).astype(float)
        likely = (seen + 1.0) / (seen + 1.0).sum()
        idle = np.array([self._idle(one) for one in within]).reshape(-1, len(self._lengths))
        for _ in range(ROUNDS):
            weights = likely * idle
            sums = weights.sum(axis=1, keepdims=True)
            counted = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
            likely = seen + counted.sum(axis=0) + 1e-9
            likely /= likely.sum()
        self._likely = likely

    def drawn(self, bounds: Bounds, luck: float) -> float:
        """A length within the bounds; `low` where none is likely. `luck` is from 0 to below 1."""
        if not self._whole:
            return bounds.low
        sums = np.cumsum(self._likely * self._idle(bounds))
        if sums[-1] <= 0.0:
            return bounds.low
        return float(self._lengths[np.searchsorted(sums, luck * sums[-1], side="right")])

    def _idle(self, bounds: Bounds) -> NDArray[np.float64]:
        """How likely the rest of the time up to `high` is as idle time, for each length."""
        rest = bounds.high - self._lengths
        possible = (rest >= 0.0) & ((self._lengths > bounds.low) | (bounds.low <= 0.0))
        # Relative to the shortest rest, so that a long gap's likelihoods do not vanish.
        shortest = rest[possible].min() if possible.any() else 0.0
        return np.where(possible, np.exp(-(np.maximum(rest, 0.0) - shortest) / IDLE), 0.0)
