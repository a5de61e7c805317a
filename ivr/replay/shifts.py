"""When was each agent there, and ready, as far as a trace shows it?

An agent is there from the first service to the last, but for gaps between two services of `away` and
more. In a shorter gap they were not ready as long as a call waited which they serve; from when on
they were, if none waited at its end, is drawn (`pauses.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from ivr.replay.duties import Steps, at, duties_of, passed_over, services_of
from ivr.replay.pauses import Bounds, Pauses
from ivr.replay.trace import Trace
from ivr.replay.waits import Waits

AWAY = 1800.0
"""The gap between two services, in seconds, from which on an agent is taken to have been away."""

SWITCHING = 10.0
"""The longest gap that still counts as switching from one call to the next, in seconds."""


@dataclass(frozen=True, slots=True)
class Break:
    """The agent takes no calls for `seconds`, from `start` or from the end of the talk then."""

    agent: str
    start: float
    seconds: float
    away: bool


@dataclass(frozen=True, slots=True)
class Shifts:
    """Who is there when, for what.

    `skills` holds for each agent the moments at which they change: at the first, which is the first
    service, the agent comes. `leaves` are the ends of the last services. `switching` is the mean
    time between two services while calls wait, in seconds.
    """

    skills: Mapping[str, Steps]
    leaves: Mapping[str, float]
    breaks: tuple[Break, ...]
    switching: float

    def hours(self) -> float:
        """Agents' hours that are neither away nor paused."""
        there = sum(self.leaves[name] - steps[0][0] for name, steps in self.skills.items())
        return (there - sum(one.seconds for one in self.breaks)) / 3600.0


class Attendance:
    """What a trace shows of its agents; each seed then draws what it does not show."""

    def __init__(self, trace: Trace, away: float = AWAY) -> None:
        services = services_of(trace)
        waits = Waits(trace.calls)
        self._skills = duties_of(services, passed_over(trace.calls, waits))
        self._leaves = {agent: found[-1].end for agent, found in services.items()}
        self._seen: list[Break] = []
        self._unseen: list[tuple[str, float, Bounds]] = []
        whole: list[float] = []
        for agent, found in services.items():
            for before, after in pairwise(found):
                gap = after.start - before.end
                if gap > away:
                    self._seen.append(Break(agent, before.end, gap, away=True))
                    continue
                able = at(self._skills[agent], before.end)
                waited = waits.last(before.end, after.start, able)
                if waited is not None and waited >= after.start:
                    self._seen.append(Break(agent, before.end, gap, away=False))
                    whole.append(gap)
                else:
                    least = 0.0 if waited is None else waited - before.end
                    self._unseen.append((agent, before.end, Bounds(least, gap)))
        self._pauses = Pauses(whole, [bounds for *_, bounds in self._unseen], away)
        switching = [gap for gap in whole if gap <= SWITCHING]
        self._switching = sum(switching) / len(switching) if switching else 0.0

    def shifts(self, seed: int = 0) -> Shifts:
        """Who is there when; `seed` gives the lengths of pauses that nobody could notice."""
        chance = Random(f"pauses {seed}")  # noqa: S311  a simulation's, not a secret's
        drawn = [
            Break(agent, start, self._pauses.drawn(bounds, chance.random()), away=False)
            for agent, start, bounds in self._unseen
        ]
        # Every talk in the replay is followed by the usual switching, also one before a break.
        breaks = [
            Break(one.agent, one.start, one.seconds - self._switching, one.away)
            for one in (*self._seen, *drawn)
            if one.seconds > SWITCHING
        ]
        breaks.sort(key=lambda one: (one.start, one.agent))
        return Shifts(self._skills, self._leaves, tuple(breaks), self._switching)
