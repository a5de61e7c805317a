"""No choice lies behind more menus than a caller has patience for."""

from collections.abc import Iterator
from heapq import heappop, heappush

from ivr.flow.hotline import Place
from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "deep-menu"

MOST_LEVELS = 3


def check(inspection: Inspection) -> Iterator[Problem]:
    """Menus in which a caller cannot be without having chosen in three others before."""
    hotline = inspection.hotline
    before = _menus_before(inspection)
    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            level = before.get(Place(flow.name, name), 0) + 1
            if any(exit_.key for exit_ in step.exits()) and level > MOST_LEVELS:
                message = (
                    f"this menu is on level {level}; callers are lost below level {MOST_LEVELS}. "
                    "Ask for less before, or lead to a human"
                )
                spot = flow.source.key(("steps", name))
                yield flow.source.problem(spot, message, NAME, "warning")


def _menus_before(inspection: Inspection) -> dict[Place, int]:
    """The fewest choices a caller has made when coming to each place (Dijkstra's algorithm)."""
    graph = inspection.graph
    fewest: dict[Place, int] = {}
    waiting: list[tuple[int, int, Place]] = []
    for start in graph.starts:
        heappush(waiting, (0, len(waiting), start))
    count = len(waiting)
    while waiting:
        chosen, _, place = heappop(waiting)
        if place in fewest:
            continue
        fewest[place] = chosen
        for edge in graph.edges[place]:
            count += 1
            heappush(waiting, (chosen + bool(edge.key), count, edge.target))
    return fewest
