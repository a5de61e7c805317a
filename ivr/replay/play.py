"""How is a trace played through a set of rules, once for each seed?"""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.replay.agenda import Outcome
from ivr.replay.app_queue import AppQueue, Settings
from ivr.replay.clock import Replay
from ivr.replay.rules import Rules
from ivr.replay.scene import Caller, Casting
from ivr.replay.shifts import AWAY, Attendance, Shifts
from ivr.replay.talks import Pace
from ivr.replay.trace import Trace
from routing.floor import Floor

Way = Rules | Settings
"""Our own floor under some rules, or app_queue under some settings."""


@dataclass(frozen=True, slots=True)
class Take:
    """What one seed makes of a trace: the callers, and the agents they may meet."""

    seed: int
    scene: tuple[Caller, ...]
    shifts: Shifts


class Stage:
    """A trace ready to be played under any rules: every seed's callers and agents, made once."""

    def __init__(
        self,
        trace: Trace,
        seeds: Sequence[int],
        *,
        away: float = AWAY,
        over_60: float = 0.2,
        pace: Pace = "agent",
    ) -> None:
        casting = Casting(trace, over_60, pace)
        attendance = Attendance(trace, away)
        self.talks = casting.talks
        self.takes = tuple(
            Take(seed, casting.scene(seed), attendance.shifts(seed)) for seed in seeds
        )

    def play(self, way: Way) -> tuple[tuple[Outcome, ...], ...]:
        """The outcomes under every seed. The same whenever it is played."""
        return tuple(self._once(way, take) for take in self.takes)

    def _once(self, way: Way, take: Take) -> tuple[Outcome, ...]:
        if isinstance(way, Settings):
            return AppQueue(way, take.shifts, self._lasts).play(take.scene)
        floor = Floor(way.switching(take.shifts.switching))
        return Replay(floor, way.terms, take.shifts, way.skilled, self._lasts).play(take.scene)

    def _lasts(self, caller: Caller, agent: str) -> float:
        return self.talks.length(caller.kind, caller.matter, agent)
