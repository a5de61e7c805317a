"""No choice lies behind more menus than a caller has patience for."""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from ivr.flow.hotline import Place
from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "deep-menu"

MOST_LEVELS = 3


def check(inspection: Inspection) -> Iterator[Problem]:
    """Menus in which a caller cannot be without having chosen in three others before.

    Whoever has entered something, such as a card number, is past the menus: what is asked about it
    counts from there. The menus below the first that is too deep are not told.
    """
    hotline = inspection.hotline
    before = _menus_before(inspection)
    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            level = before.get(Place(flow.name, name), 0) + 1
            if any(exit_.key for exit_ in step.exits()) and level == MOST_LEVELS + 1:
                message = (
                    f"this menu is on level {level}; callers are lost below level {MOST_LEVELS}. "
                    "Ask for less before, or lead to a human"
                )
                spot = flow.source.key(("steps", name))
                yield flow.source.problem(spot, message, NAME, "warning")


def _menus_before(inspection: Inspection) -> dict[Place, int]:
    """The fewest choices a caller has made when coming to each place (Dijkstra's algorithm)."""
    graph = inspection.graph
    reached = graph.reachable(graph.starts)
    entered = {e.target for p in reached for e in graph.edges[p] if e.way == "input" and not e.key}
    fewest: dict[Place, int] = {}
    waiting = [(0, place) for place in (*graph.starts, *entered)]
    heapify(waiting)
    while waiting:
        chosen, place = heappop(waiting)
        if place in fewest:
            continue
        fewest[place] = chosen
        for edge in graph.edges[place]:
            heappush(waiting, (chosen + bool(edge.key), edge.target))
    return fewest
