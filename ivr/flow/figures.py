"""Shortest and longest ways through the graph: how `ivr/flow/proof.py` comes to its figures."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from math import inf, prod

from ivr.flow.graph import Edge, Graph, circles
from ivr.flow.hotline import Place
from ivr.flow.situation import Situation

MOST_ROUNDS = 1000  # of loops within loops; whoever writes more may as well go round for ever

Ways = Mapping[Place, tuple[Edge, ...]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Every place's distance to a human in one situation, whether a call can come there or not.

    `inputs` and `seconds` may be infinite. `own` are the seconds a caller who does nothing spends
    in the place itself; `ends` are the places from which such a caller may lose the call;
    `reached` are the places a call can come to in this situation.
    """

    situation: Situation
    graph: Graph
    ways: Ways
    inputs: Mapping[Place, float]
    seconds: Mapping[Place, float]
    own: Mapping[Place, float]
    ends: frozenset[Place]
    reached: frozenset[Place]

    def quickest(self, place: Place) -> tuple[Place, ...]:
        """The way with the fewest inputs; it stops where no input leads on."""
        way = [place]
        while (hop := _best(self, way[-1])) is not None and hop[1] not in way:
            way.append(hop[1])
        return tuple(way)

    def in_words(self, way: Sequence[Place]) -> str:
        """A way with what is pressed on it, such as: main.menu → key 2 → accounts.agent."""
        said = [str(way[0])]
        for place in way[:-1]:
            hop = _best(self, place)
            if hop is not None:
                by, target = hop
                said += [by, str(target)] if by else [str(target)]
        return " → ".join(said)

    def longest(self, place: Place) -> tuple[Place, ...]:
        """The way that takes the longest; one that goes in circles ends where it closes."""
        way = [place]
        while onward := [edge for edge in self.ways[way[-1]] if is_passive(edge)]:
            way.append(max(onward, key=self._slowness).target)
            if way[-1] in way[:-1]:
                break
        return tuple(way)

    def _slowness(self, edge: Edge) -> float:
        stay = 0.0 if edge.way == "unheard" else self.own[edge.start]
        return stay + self.seconds[edge.target]

    def ending(self, place: Place) -> tuple[Place, ...]:
        """The shortest way on which a caller who does nothing loses the call."""
        came: dict[Place, Place | None] = {place: None}
        waiting = deque([place])
        while waiting:
            here = waiting.popleft()
            if is_end(self.graph, self.ways, here):
                way: list[Place] = []
                at: Place | None = here
                while at is not None:
                    way.append(at)
                    at = came[at]
                return tuple(reversed(way))
            for edge in self.ways[here]:
                if is_passive(edge) and edge.target not in came:
                    came[edge.target] = here
                    waiting.append(edge.target)
        return ()


def measure(graph: Graph, situation: Situation, own: Mapping[Place, float]) -> Figures:
    """Find all figures of one situation."""
    ways = {place: tuple(situation.edges(graph, place)) for place in graph.edges}
    return Figures(
        situation,
        graph,
        ways,
        _fewest_inputs(graph, ways),
        _longest_seconds(ways, own),
        own,
        _ending(graph, ways),
        _reached(graph, ways),
    )


def is_passive(edge: Edge) -> bool:
    """Whether a caller who does nothing may be taken along it."""
    return edge.way != "input"


def is_end(graph: Graph, ways: Ways, place: Place) -> bool:
    """Whether the call is over after this place, without a human."""
    return place not in graph.reaching and not ways[place]


def _fewest_inputs(graph: Graph, ways: Ways) -> dict[Place, float]:
    """Value iteration from infinity: after n rounds, what can be guaranteed within n steps."""
    value = dict.fromkeys(ways, inf)
    before = _predecessors(ways)
    # Those that are nearest to a human first; the order changes the effort, not the outcome.
    waiting = deque([*graph.reaching, *(place for place in ways if place not in graph.reaching)])
    queued = set(waiting)
    while waiting:
        place = waiting.popleft()
        queued.discard(place)
        now = _guaranteed(graph, ways, value, place)
        if now < value[place]:
            value[place] = now
            again = before[place] | graph.hears_zero if place == graph.human else before[place]
            waiting.extend(again - queued)
            queued |= again
    return value


def _guaranteed(graph: Graph, ways: Ways, value: Mapping[Place, float], place: Place) -> float:
    forced = [value[edge.target] for edge in ways[place] if _is_forced(edge)]
    if place in graph.reaching:
        forced.append(0)
    chosen = [value[edge.target] + 1 for edge in ways[place] if edge.way == "input"]
    if place in graph.hears_zero:
        chosen.append(value[graph.human] + 1)
    # Whether callers are heard is decided before they can do anything here.
    unheard = [value[edge.target] for edge in ways[place] if edge.way == "unheard"]
    return max([min([max(forced, default=inf), *chosen]), *unheard])


def _is_forced(edge: Edge) -> bool:
    return edge.way not in ("input", "gave_up", "unheard")


def _best(figures: Figures, place: Place) -> tuple[str, Place] | None:
    """The next hop of the way with the fewest inputs: by what, and where to. None at a human."""
    graph, value, ways = figures.graph, figures.inputs, figures.ways[place]
    hops: list[tuple[float, tuple[str, Place] | None]] = []
    if place in graph.hears_zero:
        hops.append((value[graph.human] + 1, ("key 0", graph.human)))
    hops += [(value[e.target] + 1, (str(e), e.target)) for e in ways if e.way == "input"]
    # Last, so that where waiting is as good as choosing the way cannot lead back here.
    forced = [edge for edge in ways if _is_forced(edge)]
    if forced:
        worst = max(forced, key=lambda edge: value[edge.target])
        hops.append((value[worst.target], ("", worst.target)))
    elif place in graph.reaching:
        hops.append((0, None))
    return min(hops, key=lambda hop: hop[0])[1] if hops else None


def _longest_seconds(ways: Ways, own: Mapping[Place, float]) -> dict[Place, float]:
    """The longest path, circle by circle from the ends of the ways.

    A way round a circle is endless, unless one of its edges can only be taken so many times. Then
    it is cut there, and the circle is gone through once more than the edge can be taken.
    """
    seconds: dict[Place, float] = {}

    def onward(place: Place) -> Iterator[Place]:
        return (edge.target for edge in ways[place] if is_passive(edge))

    for circle in circles(ways, onward):
        inner = [e for p in circle for e in ways[p] if is_passive(e) and e.target in circle]
        if not inner:
            [place] = circle
            after = [(edge, seconds[edge.target]) for edge in ways[place] if is_passive(edge)]
            seconds[place] = _stay(own[place], after)
            continue
        rounds = prod((edge.most or 0) + 1 for edge in inner)
        order = _order(circle, [edge for edge in inner if edge.most is None])
        if order is None or rounds > MOST_ROUNDS:
            seconds |= dict.fromkeys(circle, inf)
            continue
        for _ in range(rounds):  # each lets one more edge that is counted be taken
            before = {place: seconds[place] for place in circle if place in seconds}
            for place in order:
                after = [
                    (
                        edge,
                        (
                            before if edge.most is not None and edge.target in circle else seconds
                        ).get(edge.target, 0.0),
                    )
                    for edge in ways[place]
                    if is_passive(edge)
                ]
                seconds[place] = _stay(own[place], after)
    return seconds


def _stay(own: float, after: Sequence[tuple[Edge, float]]) -> float:
    """The longest from a place with its edges and the seconds after each; who is not heard leaves
    at once."""
    heard = max((more for edge, more in after if edge.way != "unheard"), default=0.0)
    return max([own + heard, *(more for edge, more in after if edge.way == "unheard")])


def _order(circle: set[Place], edges: Sequence[Edge]) -> list[Place] | None:
    """The places of a circle, each after those its edges lead to; None if that goes round."""
    sorter = TopologicalSorter({place: set[Place]() for place in circle})
    for edge in edges:
        sorter.add(edge.start, edge.target)
    try:
        return list(sorter.static_order())
    except CycleError:
        return None


def _ending(graph: Graph, ways: Ways) -> frozenset[Place]:
    before = _predecessors({p: tuple(filter(is_passive, edges)) for p, edges in ways.items()})
    found = {place for place in ways if is_end(graph, ways, place)}
    waiting = list(found)
    while waiting:
        for earlier in before[waiting.pop()] - found:
            found.add(earlier)
            waiting.append(earlier)
    return frozenset(found)


def _reached(graph: Graph, ways: Ways) -> frozenset[Place]:
    seen = set(graph.starts)
    waiting = list(seen)
    while waiting:
        for edge in ways[waiting.pop()]:
            if edge.target not in seen:
                seen.add(edge.target)
                waiting.append(edge.target)
    return frozenset(seen)


def _predecessors(ways: Ways) -> dict[Place, set[Place]]:
    before: dict[Place, set[Place]] = defaultdict(set)
    for place, edges in ways.items():
        for edge in edges:
            before[edge.target].add(place)
    return before
