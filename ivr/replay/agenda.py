"""What happens in a replay, and when? One agenda for our floor and for app_queue alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from heapq import heapify, heappop, heappush

from ivr.replay.scene import Caller
from ivr.replay.shifts import Break, Shifts


class Due(IntEnum):
    """What happens at one moment, in this order: who is done is free before anybody is sought."""

    ARRIVES = auto()
    TALK_OVER = auto()
    BACK = auto()
    BREAK = auto()
    CALLS = auto()
    LOOKS = auto()
    GIVES_UP = auto()
    GOES_HOME = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a caller: served by `agent` after `waited` seconds, or gone after them."""

    caller: Caller
    waited: float
    agent: str | None

    @property
    def answered(self) -> bool:
        """Whether an agent took the call."""
        return self.agent is not None


class Agenda:
    """Callers and agents as they come and go; what follows from it is planned as it happens.

    `shifts` may have agents who are in a talk when a break falls due: it begins after the talk.
    """

    def __init__(self, scene: Sequence[Caller], shifts: Shifts) -> None:
        self._due: list[tuple[float, Due, int, object]] = []
        self._count = 0
        self._end = max(shifts.leaves.values(), default=0.0)
        self._waiting: set[str] = set()
        self._talking: set[str] = set()
        self._owed: dict[str, float] = {}  # agent → seconds of break to take after the talk
        self._back: dict[str, float] = {}  # agent → the end of the break being taken
        for caller in scene:
            self.plan(caller.since, Due.CALLS, caller)
        for name, steps in shifts.skills.items():
            for at, kinds in steps:
                self.plan(at, Due.ARRIVES, (name, kinds))
            self.plan(shifts.leaves[name], Due.GOES_HOME, name)
        for one in shifts.breaks:
            self.plan(one.start, Due.BREAK, one)
        heapify(self._due)

    def __bool__(self) -> bool:
        """Whether anything is still to happen."""
        return bool(self._due)

    def pop(self) -> tuple[float, Due, object]:
        """What is next: its moment, what it is, and whom it is about."""
        at, what, _, about = heappop(self._due)
        return at, what, about

    def plan(self, at: float, what: Due, about: object) -> None:
        """Something will happen at `at`; what was planned sooner for that moment comes first."""
        self._count += 1
        heappush(self._due, (at, what, self._count, about))

    @property
    def next_at(self) -> float:
        """The moment of what is next."""
        return self._due[0][0]

    def calls(self, caller: Caller, at: float) -> None:
        """A caller begins to wait, and will give up: at the latest when all agents have gone home."""
        gives_up = min(at + caller.stays(len(self._waiting)), max(self._end, at) + 1.0)
        self._waiting.add(caller.call)
        self.plan(gives_up, Due.GIVES_UP, caller.call)

    def leaves(self, call: str) -> None:
        """A caller waits no longer."""
        self._waiting.discard(call)

    def talks(self, name: str, until: float) -> None:
        """An agent's talk begins."""
        self._talking.add(name)
        self.plan(until, Due.TALK_OVER, name)

    def talk_over(self, name: str, at: float) -> bool:
        """An agent's talk is over; whether a break begins that fell due meanwhile."""
        self._talking.discard(name)
        owed = self._owed.pop(name, 0.0)
        if owed:
            self._rest(name, at + owed)
        return bool(owed)

    def breaks(self, one: Break, at: float) -> bool:
        """A break falls due; whether it begins now: after a talk, or on top of the last, else."""
        if one.agent in self._talking:
            self._owed[one.agent] = self._owed.get(one.agent, 0.0) + one.seconds
            return False
        self._rest(one.agent, max(self._back.get(one.agent, at), at) + one.seconds)
        return True

    def back(self, name: str, at: float) -> bool:
        """Whether an agent is back: no other break has begun since."""
        if self._back.get(name) != at:
            return False
        del self._back[name]
        return True

    def _rest(self, name: str, until: float) -> None:
        self._back[name] = until
        self.plan(until, Due.BACK, name)
