"""What one replay is given: every caller with a patience, a matter and an age, drawn from a seed.

What the trace knows of a caller is kept: when they came, how long it took the impatient to give up,
how long their matter took. The rest is drawn, and drawn once: two sets of rules under the same seed
meet the same callers.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from ivr.replay.patience import Class, Patience, patience_by_class
from ivr.replay.talks import Pace, Talks
from ivr.replay.trace import Recorded, Trace

OLD, YOUNG = 70, 40
"""The ages given where the trace knows none: who is over 60, and who is not."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller of the trace as rules meet them.

    `since` and `patience` are seconds; `matter` is the place of the call's length among its like;
    `priority` is the recorder's own, or a likely one where it kept none.
    """

    call: str
    kind: str
    since: float
    patience: float
    matter: float
    priority: int
    age: int
    skill: str = ""


class Casting:
    """What scenes are drawn from: a trace, and what it says of patience, priorities and talks."""

    def __init__(self, trace: Trace, over_60: float = 0.2, pace: Pace = "agent") -> None:
        self._trace = trace
        self._over_60 = over_60
        self.talks = Talks(trace.calls, pace)
        self._priorities = _priorities(trace.calls)
        self._patience: Mapping[Class, Patience] = patience_by_class(
            [((c.kind, c.priority), c.waited, c.answered) for c in trace.calls if c.waited > 0]
        )

    def scene(self, seed: int) -> tuple[Caller, ...]:
        """The callers under that seed, in order of arrival."""
        chance = Random(seed)  # noqa: S311  a simulation's, not a secret's
        # Every call draws the same count of numbers, so that one more fact changes no other call.
        return tuple(
            self._caller(call, *(chance.random() for _ in range(4))) for call in self._trace.calls
        )

    def _caller(
        self, call: Recorded, patience: float, matter: float, priority: float, age: float
    ) -> Caller:
        known = call.priority
        drawn = known if known is not None else _pick(self._priorities.get(call.kind), priority)
        old = call.age if call.age is not None else OLD if age < self._over_60 else YOUNG
        return Caller(
            call=call.call,
            kind=call.kind,
            since=call.since,
            patience=self._lasts(call, drawn, patience) if call.answered else call.waited,
            matter=self.talks.rank(call, matter),
            priority=drawn,
            age=old,
            skill=call.skill,
        )

    def _lasts(self, call: Recorded, priority: int, luck: float) -> float:
        classes: list[Class] = [(call.kind, priority), (call.kind, None), ("", None)]
        estimate = next((self._patience[c] for c in classes if c in self._patience), None)
        return float("inf") if estimate is None else estimate.longer_than(call.waited, luck)


def _priorities(calls: Sequence[Recorded]) -> Mapping[str, Counter[int]]:
    """How often each priority was kept, by kind."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for call in calls:
        if call.priority is not None:
            found[call.kind][call.priority] += 1
    return found


def _pick(counts: Counter[int] | None, luck: float) -> int:
    if not counts:
        return 0
    rest = luck * counts.total()
    for value in sorted(counts):
        rest -= counts[value]
        if rest < 0:
            return value
    return max(counts)
