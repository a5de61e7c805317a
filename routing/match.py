"""Which agent is offered a call, and why nobody else?

Filter, score, pick: agents who lack a skill or cannot be rung fall out; the caller's own agent
comes first, then whoever has been free longest, and the name parts equals. Sparing agents of many
skills is left out on purpose: it is unfair to them, and its gain needs a forecast to be real.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from routing.lane import Lane
from routing.model import Need, Seat, Waiting

Code = Literal[
    "chosen",
    "lacks_skill",
    "refused_this_call",
    "ringing",
    "talking",
    "wrap_up",
    "paused",
    "unreachable",
    "away",
    "longer_idle_preferred",
    "callers_own_preferred",
]

_SENTENCES: dict[Code, str] = {
    "chosen": "{agent} is offered the call: {detail}.",
    "lacks_skill": "{agent} lacks a skill: {detail}.",
    "refused_this_call": "{agent} was offered this call before and did not take it.",
    "ringing": "{agent}'s phone is ringing for another call ({detail}).",
    "talking": "{agent} is talking ({detail}).",
    "wrap_up": "{agent} is finishing the last call ({detail}).",
    "paused": "{agent} is paused ({detail}).",
    "unreachable": "{agent}'s phone cannot be reached.",
    "away": "{agent}, the caller's own agent, is not logged in.",
    "longer_idle_preferred": "{agent} is free too, but {detail}.",
    "callers_own_preferred": "{agent} is free too, but {detail}.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a decision made of one agent; `detail` completes the sentence and may be empty."""

    agent: str
    code: Code
    detail: str = ""

    def sentence(self) -> str:
        """The verdict as an English sentence."""
        return _SENTENCES[self.code].format(agent=self.agent, detail=self.detail)


@dataclass(frozen=True, slots=True)
class Decision:
    """A call, the agent it was offered to at `at`, and the reasons.

    `waiting` and `seats` are the call and all logged-in agents as they were just before. Keeping
    them costs a tuple of pointers; the verdicts are worked out from them only when somebody asks.
    """

    waiting: Waiting
    agent: str
    at: float
    seats: tuple[Seat, ...]

    @property
    def need(self) -> Need:
        """What the call asked for at that moment."""
        return self.waiting.need

    @property
    def stage(self) -> int:
        """How often the need had relaxed by then."""
        return self.waiting.stage

    @property
    def waited(self) -> float:
        """Seconds the call had really waited, head start not counted."""
        return self.at - self.waiting.since

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The reasons, agent by agent; see the function of this name."""
        return verdicts(self.waiting, self.seats, self.agent, self.at)


def choose(waiting: Waiting, lane: Lane, seats: Mapping[str, Seat]) -> str:
    """The agent to offer the call to; `lane` is that of its need. LookupError if nobody is free."""
    own = None if waiting.preferred is None else seats.get(waiting.preferred)
    if own is not None and _obstacle(own, waiting, at=0.0) is None:
        return own.name
    agent = lane.longest_idle(waiting)
    if agent is None:
        raise LookupError(f"Nobody is free for call {waiting.call}, which needs {waiting.need}.")
    return agent


def verdicts(
    waiting: Waiting, seats: Iterable[Seat], chosen: str | None, at: float
) -> tuple[Verdict, ...]:
    """One for every agent of `seats`, by name; and one for the caller's own agent if away.

    With nobody `chosen`, everybody must have an obstacle: the floor leaves no free agent idle.
    """
    by_name = {seat.name: seat for seat in seats}
    winner = None if chosen is None else by_name[chosen]
    found = []
    for _, seat in sorted(by_name.items()):
        verdict = _obstacle(seat, waiting, at)
        if verdict is None and winner is not None:
            verdict = _among_the_free(seat, waiting, winner, at)
        if verdict is not None:
            found.append(verdict)
    if waiting.preferred is not None and waiting.preferred not in by_name:
        found.append(Verdict(waiting.preferred, "away"))
    return tuple(found)


def _among_the_free(seat: Seat, waiting: Waiting, winner: Seat, at: float) -> Verdict:
    idle = f"{at - seat.idle_since:.0f} s"
    if seat is winner:
        own = seat.name == waiting.preferred
        why = "the caller's own agent, free" if own else "free the longest of all who fit,"
        return Verdict(seat.name, "chosen", f"{why} for {idle}")
    if winner.name == waiting.preferred:
        detail = f"{winner.name} is the caller's own agent"
        return Verdict(seat.name, "callers_own_preferred", detail)
    if winner.idle_since == seat.idle_since:
        detail = f"{winner.name} has been free as long and comes first by name"
    else:
        longer = f"{at - winner.idle_since:.0f} s"
        detail = f"{winner.name} has been free longer, {longer} against {idle}"
    return Verdict(seat.name, "longer_idle_preferred", detail)


def _obstacle(seat: Seat, waiting: Waiting, at: float) -> Verdict | None:
    """Why the agent cannot be offered the call: the most lasting reason, or None."""
    name = seat.name
    if not waiting.need.met_by(seat.agent):
        return Verdict(name, "lacks_skill", waiting.need.shortfall(seat.agent))
    if name in waiting.excluded:
        return Verdict(name, "refused_this_call")
    if not seat.reachable:
        return Verdict(name, "unreachable")
    lasting = f"for {at - seat.since:.0f} s"
    match seat.state:
        case "free":
            return None
        case "paused":
            return Verdict(name, "paused", f"{seat.pause}, {lasting}")
        case other:
            return Verdict(name, other, lasting)
