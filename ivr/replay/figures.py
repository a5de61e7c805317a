"""What did the callers get? The figures of one replay, and how sure they are over many.

The service level is "answered within N seconds of all who asked for an agent", the callers who gave
up sooner counted as not served in time: the strictest of the four formulas in use.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Protocol

WITHIN = (15.0, 20.0, 30.0)


class Ended(Protocol):
    """A call whose waiting is over, in a replay or in a trace."""

    @property
    def waited(self) -> float:
        """Seconds."""

    @property
    def answered(self) -> bool:
        """Whether an agent took it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of `offered` calls: shares from 0 to 1, waits in seconds.

    `in_time` are the service levels at WITHIN seconds of all offered; `quick` the share of the
    answered that waited 15 seconds at most. `wait` is the mean of the answered, `wait_all` that of
    everybody, `p90` what nine of ten of the answered did not exceed.
    """

    offered: float
    answered: float
    in_time: tuple[float, ...]
    quick: float
    wait: float
    wait_all: float
    p90: float

    @property
    def abandoned(self) -> float:
        """The share that gave up."""
        return 1.0 - self.answered


def figures_of(calls: Iterable[Ended]) -> Figures:
    """The figures of some calls; all 0 for none."""
    waits: list[float] = []
    gone: list[float] = []
    for call in calls:
        (waits if call.answered else gone).append(call.waited)
    waits.sort()
    offered, answered = len(waits) + len(gone), len(waits)
    if offered == 0:
        return Figures(0, 0.0, (0.0,) * len(WITHIN), 0.0, 0.0, 0.0, 0.0)
    within = [sum(waited <= limit for waited in waits) for limit in WITHIN]
    return Figures(
        offered=offered,
        answered=answered / offered,
        in_time=tuple(count / offered for count in within),
        quick=within[0] / max(1, answered),
        wait=sum(waits) / max(1, answered),
        wait_all=(sum(waits) + sum(gone)) / offered,
        p90=waits[min(answered - 1, int(0.9 * answered))] if waits else 0.0,
    )


Measure = Callable[[Figures], float]

MEASURES: Mapping[str, Measure] = {
    "answered": lambda figures: figures.answered,
    "within_15_s": lambda figures: figures.in_time[0],
    "within_20_s": lambda figures: figures.in_time[1],
    "within_30_s": lambda figures: figures.in_time[2],
    "answered_quickly": lambda figures: figures.quick,
    "wait": lambda figures: figures.wait,
    "wait_all": lambda figures: figures.wait_all,
    "wait_p90": lambda figures: figures.p90,
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seeds, and how far the true one may lie from it either way, 95 times in 100."""

    mean: float
    within: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Estimate":
        """Student's interval; with one value nothing is known of its error, and `within` is 0."""
        count = len(values)
        mean = sum(values) / count
        if count < 2:
            return cls(mean, 0.0)
        variance = sum((value - mean) ** 2 for value in values) / (count - 1)
        from scipy import stats  # noqa: PLC0415  a second, which every command would wait for

        return cls(mean, float(stats.t.ppf(0.975, count - 1)) * sqrt(variance / count))

    @property
    def differs(self) -> bool:
        """Whether it is surely not 0; of a difference, that there is one."""
        return abs(self.mean) > self.within > 0.0


def estimates(runs: Sequence[Figures]) -> Mapping[str, Estimate]:
    """Every measure over the seeds."""
    return {name: Estimate.of([of(run) for run in runs]) for name, of in MEASURES.items()}


def differences(one: Sequence[Figures], other: Sequence[Figures]) -> Mapping[str, Estimate]:
    """`other` less `one`, seed by seed: both met the same callers, so chance mostly cancels out."""
    return {
        name: Estimate.of([of(b) - of(a) for a, b in zip(one, other, strict=True)])
        for name, of in MEASURES.items()
    }
