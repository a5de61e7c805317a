"""How long would each caller have waited? For those who were served that is not seen.

The time a caller gives up at is known of those who did; of the served it is known to be longer than
they waited. From such right-censored times Kaplan and Meier (1958) estimate how many are still
there after any time. A served caller's patience is drawn from that, given that it is longer than
what the caller did wait. Callers are taken by kind and priority where there are enough of them, and
by how many waited when they came: callers who are told their place, as in the "Anonymous Bank", give
up sooner in a long queue. Who meets another queue than the recorded one is as patient in it as so
many of the others: whoever is in the most patient tenth stays in it.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ENOUGH = 6
"""Callers of a class who gave up, from which on it has an estimate of its own.

Few are enough: where few wait few give up, and with the estimate of all they would seem impatient."""

PARTS = 14
"""Into how many parts of equal size callers are divided by how many waited when they came."""


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
        return self.left(self.still_there(waited) * (1.0 - luck), waited)

    def share(self, gave_up: float, luck: float) -> float:
        """The share of callers who are at least as patient as one who gave up then.

        Several who gave up at the same time are parted by `luck`.
        """
        place = int(np.searchsorted(self.times, gave_up, side="left"))
        before = 1.0 if place == 0 else float(self.staying[place - 1])
        after = self.still_there(gave_up)
        return after + luck * (before - after)

    def left(self, wanted: float, waited: float = 0.0) -> float:
        """When only the share `wanted` of callers is still there; later than `waited`."""
        place = int(np.searchsorted(-self.staying, -wanted, side="left"))
        if place < len(self.times) and self.staying[place] <= wanted and self.times[place] > waited:
            return float(self.times[place])
        if self.rate == 0.0:
            return float("inf")
        last, left = max(waited, float(self.times[-1])), max(float(self.staying[-1]), 1e-12)
        return last + float(np.log(max(left / max(wanted, 1e-12), 1.0))) / self.rate


Class = tuple[str, int | None, int]
"""A kind, a priority, and the crowding (`Crowding.of`)."""

Group = tuple[str, int | None, int, int]
"""Callers of a kind and a priority, and in which stretch of crowding they came: so many parts wide, and
which of that width. "" is every kind, None any priority, and a width of 0 every part."""

EVERYBODY: Group = ("", None, 0, 0)
WIDTHS = (1, 2, 4, 7)
"""Of how many neighbouring parts of crowding estimates are made, before all are taken together."""


def _wider(one: Class) -> Iterator[Group]:
    """The groups a caller belongs to, the narrowest first: kinds differ more than crowds do."""
    kind, priority, crowd = one
    for whom in ((kind, priority), (kind, None)):
        yield from ((*whom, width, crowd // width) for width in WIDTHS)
        yield (*whom, 0, 0)
    yield EVERYBODY


def patience_by_class(
    waits: Sequence[tuple[Class, float, bool]],
) -> Callable[[Class], Patience]:
    """Of every class its estimate, from (class, seconds waited, whether served).

    A class in which fewer than ENOUGH gave up has that of the next wider group in which enough did.
    """
    groups: dict[Group, list[tuple[float, bool]]] = defaultdict(list)
    for one, waited, served in waits:
        for group in _wider(one):
            groups[group].append((waited, served))
    estimates = {
        group: Patience.of(
            [waited for waited, served in seen if not served],
            [waited for waited, served in seen if served],
        )
        for group, seen in groups.items()
        if group == EVERYBODY or sum(not served for _, served in seen) >= ENOUGH
    }
    nobody = Patience.of([], [])
    return lambda one: next(
        (estimates[group] for group in _wider(one) if group in estimates), nobody
    )


class Crowding:
    """How many wait is much or little: in which part of what callers of a trace met it is."""

    def __init__(self, since: Sequence[float], until: Sequence[float]) -> None:
        self._since, self._until = sorted(since), sorted(until)
        met = sorted(map(self.waiting, since))
        parts = {met[len(met) * part // PARTS] for part in range(1, PARTS)} if met else set()
        self.edges = tuple(sorted(parts - {0}))
        """The least number waiting of each part but the first."""

    def waiting(self, at: float) -> int:
        """How many waited in the trace at a moment, whoever came in it apart."""
        return bisect_left(self._since, at) - bisect_left(self._until, at)

    def of(self, waiting: int) -> int:
        """The part in which so many waiting are, from 0."""
        return bisect_right(self.edges, waiting)
