"""Every step can be reached by some call."""

from collections.abc import Iterator

from ivr.flow.hotline import Place
from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "unreachable"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Steps to which no way leads from where calls begin; a flow without any is told once."""
    graph = inspection.graph
    reached = graph.reachable(graph.starts)
    for flow in inspection.hotline.flows.values():
        never = [name for name in flow.steps if Place(flow.name, name) not in reached]
        if len(never) == len(flow.steps):
            message = (
                f'no call ever comes to the flow "{flow.name}"; lead to it, or remove the file'
            )
            spot = flow.source.key(("flow",))
            yield flow.source.problem(spot, message, NAME, "warning")
            continue
        for name in never:
            message = f'no call ever comes to the step "{name}"; lead to it, or remove it'
            spot = flow.source.key(("steps", name))
            yield flow.source.problem(spot, message, NAME, "warning")
