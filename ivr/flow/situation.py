"""What can happen to a call by day, by night, or when nobody is there?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from ivr.flow.expression import Expression, Facts, Functions, Unknown, Value
from ivr.flow.graph import Edge, Graph
from ivr.flow.hotline import Hotline, Place


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the world while a proof is made; everything else may be either way.

    `hours` says of named hours whether they are open; hours it does not name may be either.
    `staffed` says whether agents who could serve are logged in, `values` what conditions can read
    of the caller.
    """

    name: str
    hours: Mapping[str, bool]
    staffed: bool | None
    values: Mapping[str, Value]
    facts: Facts = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        asked: Functions = {
            "open": partial(_is_open, self.hours),
            "staffed": partial(_is_staffed, self.staffed),
        }
        object.__setattr__(self, "facts", Facts(self.values, asked))

    def edges(self, graph: Graph, place: Place) -> list[Edge]:
        """The ways a call may leave `place` before it has reached a human."""
        possible: list[Edge] = []
        decided = False
        for edge in graph.edges[place]:
            if not self._possible(edge) or (decided and edge.way == "onward"):
                continue
            if edge.when is not None:
                holds = self.holds(edge.when)
                if holds is False:
                    continue
                decided = decided or holds is True
            possible.append(edge)
        return possible

    def holds(self, condition: Expression) -> bool | None:
        """Whether a condition holds; None where that depends on more than is known here."""
        if not self.values and condition.reads and not condition.calls & {"open", "staffed"}:
            return None
        try:
            value = condition.value(self.facts)
        except Unknown:
            return None
        return value is True

    def _possible(self, edge: Edge) -> bool:
        is_open = self.hours.get(edge.hours) if edge.hours is not None else None
        match edge.way:
            case "served":
                return False
            case "open":
                return is_open is not False
            case "closed":
                return is_open is not True
            case "unstaffed":
                return not self.staffed
        return True


def _is_open(known: Mapping[str, bool], hours: str) -> bool:
    """Whether the hours are open. Raises ValueError where they may be either."""
    if hours not in known:
        raise ValueError(f"{hours} may be open or closed")
    return known[hours]


def _is_staffed(staffed: bool | None, _skill: str) -> bool:
    """Whether an agent with a skill is. Raises ValueError where that may be either."""
    if staffed is None:
        raise ValueError("agents may be logged in or not")
    return staffed


def by_day(hotline: Hotline) -> Situation:
    """The hours of `limits.hours` are open (all hours, if none are named) and agents are there."""
    named = hotline.center.limits.hours or tuple(hotline.center.hours)
    return Situation("day", dict.fromkeys(named, True), staffed=True, values={})


def by_night(hotline: Hotline) -> Situation:
    """All hours are closed; queues without hours are staffed."""
    return Situation("night", dict.fromkeys(hotline.center.hours, False), staffed=True, values={})


def deserted(hotline: Hotline) -> Situation:
    """All hours are open, and no agent is logged in."""
    return Situation("nobody there", dict.fromkeys(hotline.center.hours, True), False, {})
