"""By day a human is near, from every step: the proof against the limits of center.yaml."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import inf

from ivr.flow.figures import Figures
from ivr.flow.hotline import Place
from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem, Spot
from ivr.flow.source import Source

NAME = "far-from-human"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Steps too many inputs or too long from a human, or from which silence ends the call.

    The same cause usually keeps many steps from a human. It is told once, where it lies, with the
    worst way. By night and when nobody is there, nothing is limited but going round for ever.
    """
    day = inspection.proof.day
    reached = [place for place in day.graph.edges if place in day.reached and place.flow]
    yield from _out_of_reach(inspection, day, reached)
    yield from _too_many_inputs(inspection, day, reached)
    yield from _too_long(inspection, day, reached)
    yield from _lost(inspection, day, reached)
    whens = (
        (inspection.proof.night, "by night"),
        (inspection.proof.deserted, "when nobody is there"),
    )
    for figures, when in whens:
        endless = [
            place
            for place in figures.graph.edges
            if place in figures.reached and place.flow
            if not (place in day.reached and day.seconds[place] == inf)
        ]
        yield from _endless(inspection, figures, when, endless, "end the call")


def _too_many_inputs(
    inspection: Inspection, day: Figures, reached: list[Place]
) -> Iterator[Problem]:
    """Told where the way comes within the limit: that is the place to bring nearer."""
    most = inspection.hotline.center.limits.inputs
    told: dict[Place, list[tuple[Place, ...]]] = defaultdict(list)
    for place in reached:
        if most < day.inputs[place] < inf:
            way = day.quickest(place)
            told[next(hop for hop in way if day.inputs[hop] <= most)].append(way)
    for cause, ways in told.items():
        shortest = min(ways, key=len)
        message = (
            f"a human is {inputs(day.inputs[shortest[0]])} away: {day.in_words(shortest)}; "
            f"limits.inputs of center.yaml allows {most}{_alike([way[0] for way in ways])}. Mend: "
            "lead 0 straight to a queue, or ask for less on this way"
        )
        yield _problem(inspection, cause, message)


def _out_of_reach(inspection: Inspection, day: Figures, reached: list[Place]) -> Iterator[Problem]:
    """Steps from which no human can be reached; what only leads to them is not to blame."""
    lost = [place for place in reached if day.inputs[place] == inf and not _is_over(day, place)]
    causes = [
        place
        for place in lost
        if not any(
            day.inputs[edge.target] == inf for edge in day.ways[place] if edge.target in lost
        )
    ]
    if day.graph.human in lost:
        causes = [day.graph.human]
    for place in causes or lost[:1]:
        message = (
            f"from {place} no human can be reached by day, whatever is pressed. Mend: let its "
            "prompts be interrupted, or lead it to a human"
        )
        yield _problem(inspection, place, message)


def _too_long(inspection: Inspection, day: Figures, reached: list[Place]) -> Iterator[Problem]:
    most = inspection.hotline.center.limits.time
    slow = [place for place in reached if most < day.seconds[place] < inf]
    told: dict[Place, list[Place]] = defaultdict(list)
    for place in slow:
        told[max(day.longest(place), key=lambda step: day.own[step])].append(place)
    for cause, places in told.items():
        worst = max(places, key=lambda place: day.seconds[place])
        way = " → ".join(_with_seconds(day, day.longest(worst)))
        message = (
            f"a caller who says nothing waits {day.seconds[worst]:.0f} s for a human: {way}; "
            f"limits.time of center.yaml allows {most:.0f} s{_alike(places)}. Mend: shorten the "
            "prompts, the patience, or no_input and no_match"
        )
        yield _problem(inspection, cause, message)
    yield from _endless(inspection, day, "by day", reached, "lead to a human")


def _endless(
    inspection: Inspection, figures: Figures, when: str, places: list[Place], remedy: str
) -> Iterator[Problem]:
    """The circles a caller who says nothing gets into, each told at its first step."""
    told: set[Place] = set()
    for place in places:
        if figures.seconds[place] < inf:
            continue
        way = figures.longest(place)
        circle = way[way.index(way[-1]) :]
        if told.isdisjoint(circle):
            told.update(circle)
            message = (
                f"{when} a caller who says nothing goes round for ever: "
                f"{' → '.join(map(str, circle))}. Mend: let otherwise: {remedy}"
            )
            yield _problem(inspection, circle[0], message)


def _lost(inspection: Inspection, day: Figures, reached: list[Place]) -> Iterator[Problem]:
    graph = day.graph
    asking = [p for p in reached if any(edge.way == "input" for edge in day.ways[p])]
    told: dict[Place, list[tuple[Place, ...]]] = defaultdict(list)
    for place in dict.fromkeys([graph.entry, graph.human, *asking]):
        if place in day.ends:
            way = day.ending(place)
            told[way[-1]].append(way)
    for ways in told.values():
        shortest = min(ways, key=len)
        message = (
            f"a caller who says nothing loses the call by day: {' → '.join(map(str, shortest))}"
            f"{_alike([way[0] for way in ways])}. Mend: let otherwise: lead to a human"
        )
        yield _problem(inspection, shortest[0], message)


def inputs(count: float) -> str:
    """A number of inputs in words."""
    return f"{count:.0f} input{'' if count == 1 else 's'}"


def _is_over(day: Figures, place: Place) -> bool:
    return place not in day.graph.reaching and not day.ways[place]


def _with_seconds(day: Figures, way: Iterable[Place]) -> Iterator[str]:
    for place in way:
        stay = day.own[place]
        yield f"{place} ({stay:.0f} s)" if stay else str(place)


def _alike(places: list[Place]) -> str:
    others = len(places) - 1
    return f" (and {others} more {'step' if others == 1 else 'steps'} like it)" if others else ""


def _problem(inspection: Inspection, place: Place, message: str) -> Problem:
    source: Source = inspection.hotline.flows[place.flow].source
    spot: Spot = source.key(("steps", place.step))
    return source.problem(spot, message, NAME)
