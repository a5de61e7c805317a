"""The very same floor, with a clock of its own: what becomes of every caller of a scene?

Phones are answered at once: how long agents take to lift them is part of the switching between
calls that the trace shows, and is charged to every set of rules alike as wrap-up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from heapq import heapify, heappop, heappush

from ivr.replay.scene import Caller
from ivr.replay.shifts import Break, Shifts
from routing.events import (
    AgentArrived,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallLeft,
    CallWaits,
    Event,
    Offer,
    OfferAccepted,
    TalkOver,
    TimePassed,
)
from routing.floor import Floor
from routing.model import Agent

BREAK = "break"


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


Lasts = Callable[[Caller, str], float]
"""How long a caller's talk with that agent is, in seconds."""

Skilled = Callable[[str, frozenset[str]], Agent]
"""An agent as the floor knows them, from the name and the kinds of calls they serve that day."""


class Due(IntEnum):
    """What happens at one moment, in this order: who is done is free before anybody is sought."""

    ARRIVES = auto()
    TALK_OVER = auto()
    BACK = auto()
    BREAK = auto()
    CALLS = auto()
    GIVES_UP = auto()
    GOES_HOME = auto()


class Replay:
    """One scene on one floor. `play` may be called once."""

    def __init__(
        self,
        floor: Floor,
        terms: Callable[[Caller, Floor], CallWaits],
        shifts: Shifts,
        skilled: Skilled,
        lasts: Lasts,
    ) -> None:
        self._floor, self._terms, self._lasts = floor, terms, lasts
        self._skilled = skilled
        self._shifts = shifts
        self._end = max(shifts.leaves.values(), default=0.0)
        self._agenda: list[tuple[float, Due, int, object]] = []
        self._count = 0
        self._callers: dict[str, Caller] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._talking: dict[str, str] = {}  # agent → call
        self._owed: dict[str, float] = {}  # agent → seconds of break to take after the talk
        self._back: dict[str, float] = {}  # agent → the end of the break being taken

    def play(self, scene: Sequence[Caller]) -> tuple[Outcome, ...]:
        """Everything that becomes of the callers, in their order. The same twice for the same."""
        for caller in scene:
            self._plan(caller.since, Due.CALLS, caller)
        for name, steps in self._shifts.skills.items():
            for at, kinds in steps:
                self._plan(at, Due.ARRIVES, (name, kinds))
            self._plan(self._shifts.leaves[name], Due.GOES_HOME, name)
        for one in self._shifts.breaks:
            self._plan(one.start, Due.BREAK, one)
        heapify(self._agenda)
        while self._agenda:
            wake = self._floor.next_wake()
            if wake is not None and wake < self._agenda[0][0]:
                self._tell(TimePassed(), wake)
                continue
            at, what, _, about = heappop(self._agenda)
            self._happen(at, what, about)
        return tuple(self._outcomes[caller.call] for caller in scene)

    def _plan(self, at: float, what: Due, about: object) -> None:
        self._count += 1
        heappush(self._agenda, (at, what, self._count, about))

    def _happen(self, at: float, what: Due, about: object) -> None:
        match what, about:
            case Due.ARRIVES, (str(name), frozenset() as kinds):
                self._tell(AgentArrived(self._skilled(name, kinds)), at)
            case Due.TALK_OVER, str(name):
                self._talk_over(name, at)
            case Due.BACK, str(name):
                if self._back.get(name) == at:
                    del self._back[name]
                    self._tell(AgentResumed(name), at)
            case Due.BREAK, Break() as one:
                self._begin_break(one, at)
            case Due.CALLS, Caller() as caller:
                self._arrive(caller, at)
            case Due.GIVES_UP, str(call):
                self._give_up(call, at)
            case Due.GOES_HOME, str(name):
                self._tell(AgentLeft(name), at)

    def _arrive(self, caller: Caller, at: float) -> None:
        self._callers[caller.call] = caller
        self._tell(self._terms(caller, self._floor), at)
        if caller.call not in self._outcomes:
            # Endless patience ends when the last agent has gone home.
            self._plan(
                min(at + caller.patience, max(self._end, at) + 1.0), Due.GIVES_UP, caller.call
            )

    def _give_up(self, call: str, at: float) -> None:
        if call not in self._outcomes:
            caller = self._callers[call]
            self._outcomes[call] = Outcome(caller, at - caller.since, None)
            self._tell(CallLeft(call), at)

    def _talk_over(self, name: str, at: float) -> None:
        call = self._talking.pop(name)
        owed = self._owed.pop(name, 0.0)
        if owed:
            self._rest(name, at, at + owed)
        self._tell(TalkOver(call, name), at)

    def _begin_break(self, one: Break, at: float) -> None:
        """A break falls due: after the talk, or on top of the break the agent has not ended yet."""
        if one.agent in self._talking:
            self._owed[one.agent] = self._owed.get(one.agent, 0.0) + one.seconds
            return
        self._rest(one.agent, at, max(self._back.get(one.agent, at), at) + one.seconds)

    def _rest(self, name: str, at: float, until: float) -> None:
        self._back[name] = until
        self._plan(until, Due.BACK, name)
        self._tell(AgentPaused(name, BREAK), at)

    def _tell(self, event: Event, at: float) -> None:
        for instruction in self._floor.handle(event, at):
            if isinstance(instruction, Offer):
                self._answer(instruction.call, instruction.agent, at)

    def _answer(self, call: str, agent: str, at: float) -> None:
        caller = self._callers[call]
        self._outcomes[call] = Outcome(caller, at - caller.since, agent)
        self._talking[agent] = call
        self._plan(at + self._lasts(caller, agent), Due.TALK_OVER, agent)
        self._tell(OfferAccepted(call, agent), at)
