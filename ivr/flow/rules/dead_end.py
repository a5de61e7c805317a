"""No call is left standing: every step has a way out, and so has every queue."""

from collections.abc import Iterator

from ivr.flow.graph import Edge, circles
from ivr.flow.hotline import Place
from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "dead-end"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Queues without fall-backs, steps without exits, and steps that only lead to each other."""
    hotline = inspection.hotline
    source = hotline.center_source
    for name, queue in hotline.center.queues.items():
        spot = source.key(("queues", name))
        if queue.unstaffed is None:
            message = f'the queue "{name}" needs unstaffed: where calls go when nobody is there'
            yield source.problem(spot, message, NAME)
        if queue.hours is not None and queue.closed is None:
            message = (
                f'the queue "{name}" has hours but does not say where calls go then: add closed:'
            )
            yield source.problem(spot, message, NAME)
    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            if not (step.ends or step.returns or any(True for _ in step.exits())):
                message = (
                    f'the step "{name}" ({step.kind}) does not say where it goes on: add next:'
                )
                yield flow.source.problem(flow.source.key(("steps", name)), message, NAME)
            if step.returns and not inspection.graph.edges[Place(flow.name, name)]:
                message = (
                    f'nothing can be returned to: no step enters the flow "{flow.name}" with do:'
                )
                yield flow.source.problem(flow.source.key(("steps", name)), message, NAME)
    yield from _traps(inspection)


def _traps(inspection: Inspection) -> Iterator[Problem]:
    graph, hotline = inspection.graph, inspection.hotline
    for circle in circles(graph.edges, lambda place: (e.target for e in graph.edges[place])):
        edges: list[Edge] = [edge for place in circle for edge in graph.edges[place]]
        leaves = any(edge.target not in circle for edge in edges)
        asks = any(edge.way == "input" for edge in edges)  # else rules/loop.py tells of it
        if not asks or leaves or circle & graph.reaching:
            continue
        first = next(place for place in graph.edges if place in circle)
        message = (
            f"there is no way out of {_named(circle, first)}; let a choice lead to a human or to "
            "the end of the call"
        )
        source = hotline.flows[first.flow].source
        yield source.problem(source.key(("steps", first.step)), message, NAME)


def _named(circle: set[Place], first: Place) -> str:
    others = sorted(map(str, circle - {first}))
    if not others:
        return f"{first}, which only leads to itself"
    return f"{first}, which only leads to {', '.join(others)} and back"
