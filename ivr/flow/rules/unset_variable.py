"""A variable is read only where it has been set on every way there."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Set

from ivr.flow.graph import Follows
from ivr.flow.hotline import Hotline, Place
from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.flow.source import Loc
from ivr.flow.step import Step

NAME = "unset-variable"

Names = Set[str]


def check(inspection: Inspection) -> Iterator[Problem]:
    """What steps read, and what the prompts they say read; a variable nobody sets is not ours."""
    hotline, graph = inspection.hotline, inspection.graph
    written: dict[Place, Names] = {
        Place(flow.name, name): _written(step)
        for flow in hotline.flows.values()
        for name, step in flow.steps.items()
    }
    ever: Names = frozenset[str]().union(*written.values(), _given(hotline))
    holes = {name: reads & ever for name, reads in _read_in_prompts(hotline).items()}
    known = _known(inspection, written, ever)
    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            place = Place(flow.name, name)
            told: set[str] = set()
            for loc, reads, where in _reads(step, holes):
                for variable in sorted((reads & ever) - _before(step, loc) - known[place] - told):
                    told.add(variable)
                    way = graph.path(graph.starts, place, _without(variable, written))
                    lack = (
                        f"which has no value yet on the way {' → '.join(map(str, way))}; set it on "
                        "every way here"
                        if way
                        else "which the sub-dialog is not given; name it under with: of the do:"
                    )
                    message = f'{where} reads "{variable}", {lack}'
                    spot = flow.source.value(("steps", name, *loc))
                    yield flow.source.problem(spot, message, NAME)


def _written(step: Step) -> Names:
    given = set(step.given())
    return frozenset(mention.name for mention in step.writes() if mention not in given)


def _given(hotline: Hotline) -> Names:
    steps = (step for flow in hotline.flows.values() for step in flow.steps.values())
    return {mention.name for step in steps for mention in step.given()}


def _reads(step: Step, holes: Mapping[str, Names]) -> Iterator[tuple[Loc, Names, str]]:
    for used in step.expressions():
        yield used.loc, used.expression.reads, "this"
    for mention in (*step.prompts(), *step.written()):
        if holes.get(mention.name):
            yield mention.loc, holes[mention.name], f'the prompt "{mention.name}"'


def _before(step: Step, loc: Loc) -> Names:
    """What the step itself has set before it comes to the field at `loc`."""
    locs = [used.loc for used in step.expressions()]
    if loc not in locs:
        return step.set_before(loc)
    earlier = locs[: locs.index(loc)]
    return {mention.name for mention in step.writes() if mention.loc in earlier}


def _read_in_prompts(hotline: Hotline) -> dict[str, set[str]]:
    """The variables each prompt says, in whatever language and wording."""
    found: dict[str, set[str]] = defaultdict(set)
    for language in hotline.wording.texts:
        for (_, name, *_), template in hotline.wording.templates(language):
            found[name].update(*(hole.reads for hole in template.holes))
    return found


def _without(variable: str, written: Mapping[Place, Names]) -> Follows:
    """Follows the ways on which the variable is not set."""
    return lambda edge: not (edge.sets and variable in written.get(edge.start, ()))


def _known(
    inspection: Inspection, written: Mapping[Place, Names], ever: Names
) -> dict[Place, Names]:
    """The variables that are set on every way to each place: a must-analysis forward.

    A sub-dialog begins with what it is given, and hands back what it returns; whoever leaves its
    flow otherwise, by 0 or by an exit, has nothing of it.
    """
    graph, hotline = inspection.graph, inspection.hotline
    known: dict[Place, Names] = dict.fromkeys(graph.edges, ever)
    known |= dict.fromkeys(graph.starts, frozenset[str]())
    nothing: Names = frozenset()
    waiting = deque(graph.starts)

    def arrive(target: Place, having: Names) -> None:
        left = known[target] & having
        if left != known[target] or target not in seen:
            seen.add(target)
            known[target] = left
            waiting.append(target)

    seen = set(graph.starts)
    sub_dialogs = {
        edge.start.flow
        for edges in graph.edges.values()
        for edge in edges
        if edge.way == "returned"
    }
    while waiting:
        place = waiting.popleft()
        step = hotline.step(place) if place.flow else None
        given = frozenset(one.name for one in step.given()) if step is not None else nothing
        enters = step is not None and any(exit_.way == "returned" for exit_ in step.exits())
        for edge in graph.edges[place]:
            if edge.way == "returned":
                continue
            if enters:
                arrive(edge.target, given)
            elif place.flow in sub_dialogs and edge.target.flow != place.flow:
                arrive(edge.target, nothing)
            else:
                gained = written.get(place, nothing) if edge.sets else nothing
                arrive(edge.target, known[place] | gained)
        if enters and step is not None:
            for exit_ in step.exits():
                target = hotline.place(exit_.target, place.flow)
                if exit_.way == "returned" and target is not None:
                    arrive(target, known[place] | written[place])
    return known
