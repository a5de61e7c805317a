"""How long would each caller have waited? For those who were served that is not seen.

The time a caller gives up at is known of those who did; of the served it is known to be longer than
they waited. From such right-censored times Kaplan and Meier (1958) estimate how many are still
there after any time. A served caller's patience is drawn from that, given that it is longer than
what the caller did wait. Callers are taken by kind and priority where there are enough of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ENOUGH = 100
"""Callers of a class who gave up, from which on it has an estimate of its own."""


@dataclass(frozen=True, slots=True)
class Patience:
    """The share of callers still there after each time of `times` (seconds), in falling order.

    Where the longest time seen is a served one, the estimate ends above 0: who outlasts it gives up
    at the mean rate of all, `rate` a second.
    """

    times: NDArray[np.float64]
    staying: NDArray[np.float64]
    rate: float

    @classmethod
    def of(cls, gave_up: Sequence[float], served: Sequence[float]) -> "Patience":
        """From how long callers waited who gave up, and who were served."""
        if not gave_up:
            return cls(np.array([0.0]), np.array([1.0]), 0.0)
        from scipy import stats  # noqa: PLC0415  a second, which every command would wait for

        sample = stats.CensoredData(uncensored=gave_up, right=served)
        estimate = stats.ecdf(sample).sf
        watched = float(np.sum(gave_up) + np.sum(served))
        return cls(
            np.asarray(estimate.quantiles, dtype=float),
            np.asarray(estimate.probabilities, dtype=float),
            len(gave_up) / watched if watched > 0 else 1.0,
        )

    def still_there(self, after: float) -> float:
        """The share of callers whose patience is longer than `after` seconds."""
        place = int(np.searchsorted(self.times, after, side="right"))
        return 1.0 if place == 0 else float(self.staying[place - 1])

    def longer_than(self, waited: float, luck: float) -> float:
        """The patience of a caller who has waited so long already; `luck` is from 0 to below 1.

        Infinite where nobody of the class ever gave up.
        """
        wanted = self.still_there(waited) * (1.0 - luck)
        place = int(np.searchsorted(-self.staying, -wanted, side="left"))
        if place < len(self.times) and self.staying[place] <= wanted and self.times[place] > waited:
            return float(self.times[place])
        if self.rate == 0.0:
            return float("inf")
        last, left = max(waited, float(self.times[-1])), max(float(self.staying[-1]), 1e-12)
        return last + float(np.log(max(left / max(wanted, 1e-12), 1.0))) / self.rate


Class = tuple[str, int | None]


def patience_by_class(
    waits: Sequence[tuple[Class, float, bool]],
) -> Mapping[Class, Patience]:
    """The estimate of each class from (class, seconds waited, whether served).

    A class in which fewer than ENOUGH gave up has that of its kind, or else that of all callers.
    """
    groups: dict[Class, list[tuple[float, bool]]] = defaultdict(list)
    everybody: Class = ("", None)
    for (kind, priority), waited, served in waits:
        for group in {(kind, priority), (kind, None), everybody}:
            groups[group].append((waited, served))
    estimates = {
        group: Patience.of(
            [waited for waited, served in seen if not served],
            [waited for waited, served in seen if served],
        )
        for group, seen in groups.items()
        if group == everybody or sum(not served for _, served in seen) >= ENOUGH
    }
    return {
        group: estimates.get(group) or estimates.get((group[0], None)) or estimates[everybody]
        for group in groups
    }
