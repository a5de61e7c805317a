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
    yield from _too_many_inputs(inspection, day, reached)
    yield from _too_long(inspection, day, reached)
    yield from _lost(inspection, day, reached)
    for figures in inspection.proof.situations[1:]:
        yield from _endless(inspection, figures)


def _too_many_inputs(
    inspection: Inspection, day: Figures, reached: list[Place]
) -> Iterator[Problem]:
    most = inspection.hotline.center.limits.inputs
    far = [place for place in reached if day.inputs[place] > most and not _is_over(day, place)]
    told: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    for place in far:
        told[day.quickest(place)[1:]].append(place)
    for tail, places in told.items():
        first = next((p for p in places if p in (day.graph.entry, day.graph.human)), places[0])
        if day.inputs[first] == inf:
            message = f"from {first} no human can be reached by day, whatever is pressed"
            remedy = "let its prompts be interrupted, or lead it to a human"
        else:
            way = " → ".join((str(first), *tail))
            message = f"a human is {inputs(day.inputs[first])} from {first}: {way}"
            remedy = "lead 0 straight to a queue, or ask for less before it"
        message += f"; limits.inputs of center.yaml allows {most}{_alike(places)}. Mend: {remedy}"
        yield _problem(inspection, first, message)


def _too_long(inspection: Inspection, day: Figures, reached: list[Place]) -> Iterator[Problem]:
    most = inspection.hotline.center.limits.time
    slow = [place for place in reached if day.seconds[place] > most]
    told: dict[Place, list[Place]] = defaultdict(list)
    for place in slow:
        told[_longest_stay(day, place)].append(place)
    for cause, places in told.items():
        worst = max(places, key=lambda place: day.seconds[place])
        way = " → ".join(_with_seconds(day, day.longest(worst)))
        if day.seconds[worst] == inf:
            message = f"a caller who says nothing is never put through to a human: {way}"
            remedy = "let otherwise: lead to a human"
        else:
            message = (
                f"a caller who says nothing waits {day.seconds[worst]:.0f} s for a human: {way}"
            )
            remedy = "shorten the prompts, the patience, or no_input and no_match"
        message += (
            f"; limits.time of center.yaml allows {most:.0f} s{_alike(places)}. Mend: {remedy}"
        )
        yield _problem(inspection, cause, message)


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


def _endless(inspection: Inspection, figures: Figures) -> Iterator[Problem]:
    """Circles a call can get into at other times; those by day are told already."""
    day = inspection.proof.day
    for place in figures.graph.edges:
        if place not in figures.reached or not place.flow or figures.seconds[place] < inf:
            continue
        if place in day.reached and day.seconds[place] == inf:
            continue
        way = figures.longest(place)
        if way[-1] == place:  # one that only leads to the circle is told with it
            when = {"night": "by night", "nobody there": "when nobody is there"}
            message = (
                f"{when[figures.situation.name]} a caller who says nothing goes round for ever: "
                f"{' → '.join(map(str, way))}. Mend: let otherwise: lead to the end of the call"
            )
            yield _problem(inspection, place, message)
            return


def inputs(count: float) -> str:
    """A number of inputs in words."""
    return f"{count:.0f} input{'' if count == 1 else 's'}"


def _is_over(day: Figures, place: Place) -> bool:
    return place not in day.graph.reaching and not day.ways[place]


def _longest_stay(day: Figures, place: Place) -> Place:
    way = day.longest(place)
    if day.seconds[place] == inf:
        return way[-1]
    return max(way, key=lambda step: day.own[step])


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
