"""Where can a call go? Every step of the hotline, every way out of it, and where calls begin.

Beside the exits steps have of themselves there are those center.yaml gives to queues: where a call
goes when the queue is closed or unstaffed. 0 is no edge: it leads to the same place from every step
in `hears_zero`.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.expression import Expression
from ivr.flow.hotline import Hotline, Place
from ivr.flow.step import Exit, Step, Way


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a step to the next. `hours` are those that must be open or closed for it."""

    start: Place
    target: Place
    way: Way
    key: str = ""
    when: Expression | None = None
    sets: bool = True
    hours: str | None = None
    most: int | None = None
    says: str = ""

    def __str__(self) -> str:
        if self.key:
            return f"key {self.key}"
        if self.says:
            return f'"{self.says}"'
        if self.when is not None:
            return f"if {self.when.text}"
        return {
            "onward": "on",
            "input": "an entry",
            "gave_up": "silence or wrong keys",
            "served": "after the talk",
            "open": f"{self.hours} open",
            "closed": f"{self.hours} closed",
            "unstaffed": "nobody there",
            "returned": "back",
            "unheard": "language not recognized",
        }[self.way]


Follows = Callable[[Edge], bool]


@dataclass(frozen=True, slots=True)
class Graph:
    """The hotline as steps and the edges between them.

    `rules` maps the name of each routing rule to a place of its own, outside all flows, that has
    the edges of the rule's queue. `reaching` are the places in which the caller talks to a human
    unless an edge is taken.
    """

    edges: Mapping[Place, tuple[Edge, ...]]
    reaching: frozenset[Place]
    hears_zero: frozenset[Place]
    entry: Place
    human: Place
    rules: Mapping[str, Place]

    @classmethod
    def of(cls, hotline: Hotline) -> "Graph":
        """The graph of a hotline in which every name leads somewhere."""
        edges: dict[Place, tuple[Edge, ...]] = {}
        backs = _backs(hotline)
        reaching: set[Place] = set()
        hears_zero: set[Place] = set()
        for flow in hotline.flows.values():
            for name, step in flow.steps.items():
                place = Place(flow.name, name)
                edges[place] = (
                    *_edges(hotline, place, step),
                    *(Edge(place, back, "returned") for back in backs[flow.name] if step.returns),
                )
                if step.reaches_human:
                    reaching.add(place)
                if _hears_zero(hotline, step):
                    hears_zero.add(place)
        rules: dict[str, Place] = {}
        for rule in hotline.center.rules:
            place = rules[rule.name] = Place("", rule.name)
            edges[place] = tuple(_fall_backs(hotline, place, rule.queue, None))
            reaching.add(place)
        center = hotline.center.center
        entry, human = hotline.place(center.entry), hotline.place(center.human)
        assert entry is not None and human is not None  # rules/unknown_target.py has seen to it
        return cls(edges, frozenset(reaching), frozenset(hears_zero), entry, human, rules)

    @property
    def starts(self) -> tuple[Place, ...]:
        """Where calls begin: the entry, where 0 leads, and the routing rules."""
        return (self.entry, self.human, *self.rules.values())

    def reachable(self, starts: Iterable[Place], follows: Follows = lambda _: True) -> set[Place]:
        """Every place a call can come to from `starts` by edges that `follows` admits."""
        seen = set(starts)
        waiting = list(seen)
        while waiting:
            for edge in self.edges[waiting.pop()]:
                if edge.target not in seen and follows(edge):
                    seen.add(edge.target)
                    waiting.append(edge.target)
        return seen

    def path(self, starts: Iterable[Place], goal: Place, follows: Follows) -> tuple[Place, ...]:
        """The shortest way from one of `starts` to `goal`, both included; empty if there is none.

        0 may be pressed on the way.
        """
        came: dict[Place, Place | None] = dict.fromkeys(starts)
        waiting = deque(came)
        while waiting:
            place = waiting.popleft()
            if place == goal:
                return tuple(reversed(list(_back(came, goal))))
            targets = [edge.target for edge in self.edges[place] if follows(edge)]
            if place in self.hears_zero:
                targets.append(self.human)
            for target in targets:
                if target not in came:
                    came[target] = place
                    waiting.append(target)
        return ()


def _hears_zero(hotline: Hotline, step: Step) -> bool:
    """Where all that is said, and not asked, may not be cut short, 0 has to wait."""
    said = [mention.name for mention in step.prompts()]
    wording = hotline.wording
    deaf = said and not step.asks() and not any(wording.interrupt(name).by_key for name in said)
    return step.hears_zero() and not deaf


def _back(came: Mapping[Place, Place | None], place: Place | None) -> Iterator[Place]:
    while place is not None:
        yield place
        place = came[place]


def _edges(hotline: Hotline, place: Place, step: Step) -> Iterator[Edge]:
    hours = next((entry.name for entry in step.entries() if entry.section == "hours"), None)
    own: Exit | None = None
    for exit_ in step.exits():
        target = hotline.place(exit_.target, place.flow)
        if target is None:
            continue
        if exit_.way == "unstaffed":
            own = exit_
        if exit_.way != "returned":
            asked = hours if exit_.way in ("open", "closed") else None
            key, when, sets, most = exit_.key, exit_.when, exit_.sets, exit_.most
            yield Edge(place, target, exit_.way, key, when, sets, asked, most, exit_.says)
    for mention in step.queues():
        yield from _fall_backs(hotline, place, mention.name, own)


def _backs(hotline: Hotline) -> Mapping[str, set[Place]]:
    """For each flow that is a sub-dialog, the places its callers go on at when it has returned."""
    backs: dict[str, set[Place]] = defaultdict(set)
    for flow in hotline.flows.values():
        for step in flow.steps.values():
            exits = [(hotline.place(one.target, flow.name), one.way) for one in step.exits()]
            returned = {place for place, way in exits if way == "returned" and place is not None}
            for place, way in exits:
                if returned and way != "returned" and place is not None:
                    backs[place.flow] |= returned
    return backs


def _fall_backs(hotline: Hotline, place: Place, queue: str, own: Exit | None) -> Iterator[Edge]:
    """Where a call goes that finds the queue closed or unstaffed; a step's `own` exit comes first."""
    spec = hotline.center.queues.get(queue)
    if spec is None:
        return
    unstaffed = hotline.place(own.target, place.flow) if own else _named(hotline, spec.unstaffed)
    closed = unstaffed if own else _named(hotline, spec.closed)
    if unstaffed is not None and own is None:
        yield Edge(place, unstaffed, "unstaffed", sets=False)
    if spec.overflow is not None and own is None:
        overflow = _named(hotline, spec.overflow.to)
        if overflow is not None and overflow != unstaffed:
            yield Edge(place, overflow, "unstaffed", sets=False)
    if closed is not None and spec.hours is not None:
        yield Edge(place, closed, "closed", sets=False, hours=spec.hours)


def _named(hotline: Hotline, target: str | None) -> Place | None:
    return hotline.place(target) if target is not None else None


def circles(
    places: Iterable[Place], onward: Callable[[Place], Iterable[Place]]
) -> list[set[Place]]:
    """Every place in a set with all it can come to and back from: strongly connected components.

    A set comes after all sets it leads to (Tarjan's algorithm, without recursion: a flow may be
    longer than Python's stack is deep).
    """
    index: dict[Place, int] = {}
    low: dict[Place, int] = {}
    open_: list[Place] = []
    closed: set[Place] = set()
    found: list[set[Place]] = []
    for root in places:
        work = [] if root in index else [(root, iter(onward(root)))]
        while work:
            place, rest = work[-1]
            if place not in index:
                index[place] = low[place] = len(index)
                open_.append(place)
            for target in rest:
                if target not in index:
                    work.append((target, iter(onward(target))))
                    break
                if target not in closed:
                    low[place] = min(low[place], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[place])
                if low[place] == index[place]:
                    circle = {open_.pop()}
                    while place not in circle:
                        circle.add(open_.pop())
                    closed |= circle
                    found.append(circle)
    return found
