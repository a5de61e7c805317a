"""The very same floor, with a clock of its own: what becomes of every caller of a scene?

Phones are answered at once: how long agents take to lift them is part of the switching between
calls that the trace shows, and is charged to every set of rules alike as wrap-up.
"""

from collections.abc import Callable, Sequence

from ivr.replay.agenda import Agenda, Due, Outcome
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

Lasts = Callable[[Caller, str], float]
"""How long a caller's talk with that agent is, in seconds."""

Skilled = Callable[[str, frozenset[str]], Agent]
"""An agent as the floor knows them, from the name and the kinds of calls they serve that day."""


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
        self._agenda: Agenda
        self._callers: dict[str, Caller] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._talking: dict[str, str] = {}  # agent → call

    def play(self, scene: Sequence[Caller]) -> tuple[Outcome, ...]:
        """Everything that becomes of the callers, in their order. The same twice for the same."""
        agenda = self._agenda = Agenda(scene, self._shifts)
        while agenda:
            wake = self._floor.next_wake()
            if wake is not None and wake < agenda.next_at:
                self._tell(TimePassed(), wake)
            else:
                self._happen(*agenda.pop())
        return tuple(self._outcomes[caller.call] for caller in scene)

    def _happen(self, at: float, what: Due, about: object) -> None:
        match what, about:
            case Due.ARRIVES, (str(name), frozenset() as kinds):
                self._tell(AgentArrived(self._skilled(name, kinds)), at)
            case Due.TALK_OVER, str(name):
                self._talk_over(name, at)
            case Due.BACK, str(name):
                if self._agenda.back(name, at):
                    self._tell(AgentResumed(name), at)
            case Due.BREAK, Break() as one:
                if self._agenda.breaks(one, at):
                    self._tell(AgentPaused(one.agent, BREAK), at)
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
            self._agenda.calls(caller, at)

    def _give_up(self, call: str, at: float) -> None:
        if call not in self._outcomes:
            caller = self._callers[call]
            self._outcomes[call] = Outcome(caller, at - caller.since, None)
            self._agenda.leaves(call)
            self._tell(CallLeft(call), at)

    def _talk_over(self, name: str, at: float) -> None:
        call = self._talking.pop(name)
        if self._agenda.talk_over(name, at):
            self._tell(AgentPaused(name, BREAK), at)
        self._tell(TalkOver(call, name), at)

    def _tell(self, event: Event, at: float) -> None:
        for instruction in self._floor.handle(event, at):
            if isinstance(instruction, Offer):
                self._answer(instruction.call, instruction.agent, at)

    def _answer(self, call: str, agent: str, at: float) -> None:
        caller = self._callers[call]
        self._outcomes[call] = Outcome(caller, at - caller.since, agent)
        self._agenda.leaves(call)
        self._talking[agent] = call
        self._agenda.talks(agent, at + self._lasts(caller, agent))
        self._tell(OfferAccepted(call, agent), at)
