"""What one replay is given: every caller with a patience, a matter and an age, drawn from a seed.

What the trace knows of a caller is kept: when they came, how long it took the impatient to give up,
how long their matter took. The rest is drawn, and drawn once: two sets of rules under the same seed
meet the same callers.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from ivr.replay.patience import Crowding, patience_by_class
from ivr.replay.talks import Pace, Talks
from ivr.replay.trace import Recorded, Trace

OLD, YOUNG = 70, 40
"""The ages given where the trace knows none: who is over 60, and who is not."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller of the trace as rules meet them.

    `since` and `patience` are seconds, `patience` where as many wait as did in the trace; `matter` is
    the place of the call's length among its like; `priority` is the recorder's own, or a likely one
    where it kept none. `among` is the patience where so many wait as the place in it says; the last
    is for all that are more.
    """

    call: str
    kind: str
    since: float
    patience: float
    matter: float
    priority: int
    age: int
    skill: str = ""
    among: tuple[float, ...] = ()

    @property
    def longest(self) -> float:
        """The patience where fewest wait, or whenever it is longest."""
        return max(self.among, default=self.patience)

    def stays(self, waiting: int) -> float:
        """The patience of the caller, in seconds, who finds so many waiting."""
        return self.among[min(waiting, len(self.among) - 1)] if self.among else self.patience


class Casting:
    """What scenes are drawn from: a trace, and what it says of patience, priorities and talks."""

    def __init__(self, trace: Trace, over_60: float = 0.2, pace: Pace = "agent") -> None:
        self._trace = trace
        self._over_60 = over_60
        self.talks = Talks(trace.calls, pace)
        self._priorities = _priorities(trace.calls)
        waited = [call for call in trace.calls if call.waited > 0]
        self._crowding = Crowding([c.since for c in waited], [c.until for c in waited])
        self._patience = patience_by_class(
            [((c.kind, c.priority, self._crowd(c)), c.waited, c.answered) for c in waited]
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
        among = self._among(call, drawn, patience)
        return Caller(
            call=call.call,
            kind=call.kind,
            since=call.since,
            patience=among[min(self._crowding.waiting(call.since), len(among) - 1)],
            matter=self.talks.rank(call, matter),
            priority=drawn,
            age=old,
            skill=call.skill,
            among=among,
        )

    def _crowd(self, call: Recorded) -> int:
        return self._crowding.of(self._crowding.waiting(call.since))

    def _among(self, call: Recorded, priority: int, luck: float) -> tuple[float, ...]:
        """The patience by the number waiting: one caller's, who is as patient as ever in each."""
        edges, own = self._crowding.edges, self._crowd(call)
        estimates = [
            self._patience((call.kind, priority, crowd)) for crowd in range(len(edges) + 1)
        ]
        if call.answered:
            share = estimates[own].still_there(call.waited) * (1.0 - luck)
        else:
            share = estimates[own].share(call.waited, luck)
        by_crowd = [estimate.left(share) for estimate in estimates]
        by_crowd[own] = estimates[own].left(share, call.waited) if call.answered else call.waited
        return tuple(by_crowd[self._crowding.of(n)] for n in range(max(edges, default=0) + 1))


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
