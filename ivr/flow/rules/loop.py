"""No call goes in circles by itself: every loop waits for the caller, or counts."""

from collections.abc import Iterator
from itertools import product

from ivr.flow.graph import Edge, Graph, circles
from ivr.flow.hotline import Place
from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.flow.situation import Situation

NAME = "loop"
_MOST_HOURS = 6  # of one loop that are tried in all combinations


def check(inspection: Inspection) -> Iterator[Problem]:
    """Loops of exits none of which the caller has a part in.

    A loop that needs the same hours open at one step and closed at another is none.
    """
    graph = inspection.graph
    for circle in circles(graph.edges, lambda place: _targets(graph.edges[place])):
        edges = [e for place in circle for e in graph.edges[place] if e.target in circle]
        if not any(_by_itself(edge) for edge in edges):
            continue
        around = _possible(graph, circle, sorted({e.hours for e in edges if e.hours is not None}))
        if around is None:
            continue
        source = inspection.hotline.flows[around[0].flow].source
        message = (
            f"the call goes {' → '.join(map(str, around))} for ever, without waiting for the "
            "caller; put a menu or a question in between, or lead it elsewhere"
        )
        yield source.problem(source.key(("steps", around[0].step)), message, NAME)


def _possible(graph: Graph, circle: set[Place], hours: list[str]) -> list[Place] | None:
    """The loop, if one is left when hours are open or closed throughout."""
    tried = hours[:_MOST_HOURS]
    for states in product((True, False), repeat=len(tried)):
        situation = Situation("", dict(zip(tried, states, strict=True)), None, {})
        ways = {
            place: [e for e in situation.edges(graph, place) if e.target in circle]
            for place in graph.edges
            if place in circle
        }
        around = _around(ways)
        if around is not None:
            return around
    return None


def _around(ways: dict[Place, list[Edge]]) -> list[Place] | None:
    for circle in circles(ways, lambda place: _targets(ways[place])):
        way = [next(place for place in ways if place in circle)]
        while onward := [target for target in _targets(ways[way[-1]]) if target in circle]:
            if onward[0] in way:
                return [*way[way.index(onward[0]) :], onward[0]]
            way.append(onward[0])
    return None


def _by_itself(edge: Edge) -> bool:
    return edge.way not in ("input", "gave_up", "served") and edge.most is None


def _targets(edges: tuple[Edge, ...] | list[Edge]) -> Iterator[Place]:
    return (edge.target for edge in edges if _by_itself(edge))
