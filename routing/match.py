"""Why was this agent offered the call, and why nobody else?

Filter, score, pick: agents who lack a skill or cannot be rung fall out, and of the others the one
with the most points is offered the call (`routing.pairing`). Nothing here is worked out before
somebody asks: a decision keeps the call and the floor as they were, and that costs a few pointers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from routing.model import Need, Seat, Waiting
from routing.pairing import CONSIDERED, points
from routing.reserve import Kept, kept_in
from routing.roll import Picture

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
    "resting",
    "kept",
    "kept_free",
    "needed_elsewhere",
    "fewer_points",
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
    "resting": "{agent} rests while others are at work ({detail}).",
    "kept": "{agent} is free, but {detail}.",
    "kept_free": "{agent} is free, but kept free for {detail}.",
    "needed_elsewhere": "{agent} is free too, but {detail}.",
    "fewer_points": "{agent} is free too, but {detail}.",
    "longer_idle_preferred": "{agent} is free too, but {detail}.",
    "callers_own_preferred": "{agent} is free too, but {detail}.",
}

_NEEDED = "others need them more, and this caller has just come"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a decision made of one agent; `detail` completes the sentence and may be empty.

    `points` is the score of an agent who passed the filter, None of one who did not.
    """

    agent: str
    code: Code
    detail: str = ""
    points: float | None = None

    def sentence(self) -> str:
        """The verdict as an English sentence."""
        return _SENTENCES[self.code].format(agent=self.agent, detail=self.detail)


@dataclass(frozen=True, slots=True)
class Decision:
    """A call, the agent it was offered to at `at`, and the reasons.

    `waiting` and `seats` are the call and all logged-in agents as they were just before.
    `needed_by` are agents given to another call of the same moment: agent → that call. `reserves`
    are those that queues kept.
    """

    waiting: Waiting
    agent: str
    at: float
    seats: Picture
    needed_by: Mapping[str, str] = field(default_factory=dict)
    reserves: tuple[Kept, ...] = ()

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
        return verdicts(
            self.waiting, self.seats, self.agent, self.at, self.needed_by, self.reserves
        )


def verdicts(
    waiting: Waiting,
    seats: Iterable[Seat],
    chosen: str | None,
    at: float,
    needed_by: Mapping[str, str] | None = None,
    reserves: Iterable[Kept] = (),
) -> tuple[Verdict, ...]:
    """One for every agent of `seats`, by name; and one for the caller's own agent if away.

    With nobody `chosen`, whoever could take the call has a reason not to yet.
    """
    by_name = {seat.name: seat for seat in seats}
    winner = None if chosen is None else by_name[chosen]
    holders = Counter(
        skill for seat in by_name.values() if not seat.leaving for skill in seat.agent.skills
    )
    found = []
    for name, seat in sorted(by_name.items()):
        verdict = None if seat is winner else _obstacle(seat, waiting, at)
        if verdict is None:
            score = points(seat, waiting.need, holders, at)
            apart = waiting.not_before is not None or waiting.own_until is not None
            keeper = None
            if reserves and seat is not winner and not apart:
                keeper = kept_in(by_name.values(), seat, waiting.place[0], reserves, at)
            if keeper is not None:
                verdict = Verdict(name, "kept_free", keeper, score)
            elif winner is None:
                verdict = _not_yet(seat, waiting, at, score)
            elif needed_by and name in needed_by:
                detail = f"they are the only one for another call, {needed_by[name]}"
                verdict = Verdict(name, "needed_elsewhere", detail, score)
            else:
                best = points(winner, waiting.need, holders, at)
                verdict = _among_the_free(seat, waiting, winner, at, score, best)
        found.append(verdict)
    if waiting.preferred is not None and waiting.preferred not in by_name:
        found.append(Verdict(waiting.preferred, "away"))
    return tuple(found)


def _among_the_free(
    seat: Seat, waiting: Waiting, winner: Seat, at: float, score: float, best: float
) -> Verdict:
    if seat is winner:
        return Verdict(seat.name, "chosen", _why_chosen(seat, waiting, at, score), score)
    if winner.name == waiting.preferred:
        detail = f"{winner.name} is the caller's own agent"
        return Verdict(seat.name, "callers_own_preferred", detail, score)
    if seat.rest is not None:
        return Verdict(seat.name, "resting", _rest(seat, at), score)
    idle, longer = at - seat.idle_since, at - winner.idle_since
    code: Code = "longer_idle_preferred"
    if score > best and waiting.spare_until is not None:
        code, detail = "kept", _NEEDED
    elif score > best:
        detail = f"{CONSIDERED} others have been free longer"
    elif (score, best) != (idle, longer) and score < best:
        code = "fewer_points"
        detail = f"{winner.name} has more points for this call, {best:.0f} against {score:.0f}"
    elif idle == longer:
        detail = f"{winner.name} has been free as long and comes first by name"
    else:
        detail = f"{winner.name} has been free longer, {longer:.0f} s against {idle:.0f} s"
    return Verdict(seat.name, code, detail, score)


def _why_chosen(seat: Seat, waiting: Waiting, at: float, score: float) -> str:
    idle = f"{at - seat.idle_since:.0f} s"
    if seat.name == waiting.preferred:
        return f"the caller's own agent, free for {idle}"
    if seat.rest is not None:
        return "resting, but nobody else at work could take it"
    if score == at - seat.idle_since:
        return f"free the longest of all who fit, for {idle}"
    return f"{score:.0f} points for this call, free for {idle}"


def _not_yet(seat: Seat, waiting: Waiting, at: float, score: float) -> Verdict:
    """Why an agent who could be rung is not, of a call that waits."""
    if waiting.not_before is not None:
        detail = f"the caller is not to be rung back for {waiting.not_before - at:.0f} s"
    elif waiting.own_until is not None:
        left = f"{waiting.own_until - at:.0f} s"
        detail = f"the caller waits for {waiting.preferred} for {left} more"
    elif seat.rest is not None:
        return Verdict(seat.name, "resting", _rest(seat, at), score)
    elif waiting.callback:
        detail = "somebody ahead of this callback waits for them"
    else:
        detail = _NEEDED
    return Verdict(seat.name, "kept", detail, score)


def _rest(seat: Seat, at: float) -> str:
    left = "" if seat.rests_until is None else f", for {seat.rests_until - at:.0f} s more"
    why = "busy for most of an hour" if seat.rest == "occupancy" else "a call was just missed"
    return why + left


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
