"""Does the model of what was reproduce what was? Before it does, it proves nothing.

Callers who were answered at once have no priority in the bank's records, so classes by priority are
those who had to wait, in the trace and in the replay alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ivr.replay.agenda import Outcome
from ivr.replay.figures import Figures, figures_of
from ivr.replay.trace import Recorded, Trace

ALLOWED = 0.05
"""How far, of the trace's own figure, the model may be off."""

FEW = 200
"""Calls below which a class is shown and not judged: chance alone moves it further."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One figure of one class: in the trace, and in the model as a mean over the seeds."""

    group: str
    measure: str
    calls: int
    was: float
    model: float

    @property
    def off(self) -> float:
        """The error, of what was."""
        return self.model / self.was - 1.0 if self.was else 0.0

    @property
    def judged(self) -> bool:
        """Whether there are enough calls to say."""
        return self.calls >= FEW

    @property
    def holds(self) -> bool:
        """Whether the model is near enough."""
        return abs(self.off) <= ALLOWED


MEASURES: dict[str, Callable[[Figures], float]] = {
    "answered": lambda figures: figures.answered,
    "gave up": lambda figures: figures.abandoned,
    "mean wait": lambda figures: figures.wait,
    "of the answered within 15 s": lambda figures: figures.quick,
}


def fits(trace: Trace, runs: Sequence[Sequence[Outcome]]) -> tuple[Fit, ...]:
    """Every measure of all calls, of every kind, and of every priority among those who waited."""
    found = []
    for group in _groups(trace):
        real = [call for call in trace.calls if group.recorded(call)]
        replayed = [figures_of(one for one in run if group.replayed(one)) for run in runs]
        for measure, of in MEASURES.items():
            mean = sum(map(of, replayed)) / len(replayed)
            found.append(Fit(group.name, measure, len(real), of(figures_of(real)), mean))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Group:
    """Calls of one kind, or of one priority among those who waited; with neither, all calls."""

    name: str
    kind: str | None = None
    priority: int | None = None

    def recorded(self, call: Recorded) -> bool:
        return self._has(call.kind, call.priority, call.waited)

    def replayed(self, outcome: Outcome) -> bool:
        return self._has(outcome.caller.kind, outcome.caller.priority, outcome.waited)

    def _has(self, kind: str, priority: int | None, waited: float) -> bool:
        if self.priority is not None:
            return waited > 0 and priority == self.priority
        return self.kind is None or kind == self.kind


def _groups(trace: Trace) -> list[_Group]:
    kinds = sorted({call.kind for call in trace.calls})
    priorities = sorted({call.priority for call in trace.calls if call.priority is not None})
    return [
        _Group("all calls"),
        *(_Group(f"kind {kind}", kind=kind) for kind in kinds),
        *(_Group(f"priority {one}, who waited", priority=one) for one in priorities),
    ]
