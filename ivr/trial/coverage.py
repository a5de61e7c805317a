"""Which steps, exits, rules and fall-backs of a hotline have tried calls taken, and which have not?

A step gives back only where it leads, and two exits may lead to one place. So the hotline that is
watched has targets that know which exit they stand for; they are text like any other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ivr.flow.center import Center
from ivr.flow.hotline import Flow, Hotline, Place
from ivr.flow.problem import Spot
from ivr.flow.source import Loc
from ivr.flow.step import Step
from ivr.record import CallEvent


@dataclass(frozen=True, slots=True)
class Part:
    """Something a call can take: a step, an exit of one, or a rule or fall-back of center.yaml."""

    name: str
    spot: Spot


class _Exit(str):
    """A target that knows the part it stands for."""

    __slots__ = ("part",)
    part: Part


@dataclass(frozen=True, slots=True)
class _Watched(Hotline):
    """A hotline that writes down the exits calls take."""

    taken: set[Part] = field(default_factory=set)

    def place(self, target: str, within: str | None = None) -> Place | None:
        """See `Hotline.place`; the exit is written down."""
        if isinstance(target, _Exit):
            self.taken.add(target.part)
        return Hotline.place(self, target, within)


class Coverage:
    """What calls take of one hotline. They must be tried on `hotline`, and be told by `add`."""

    def __init__(self, hotline: Hotline) -> None:
        self.steps = {
            f"{flow.name}.{name}": Part(f"{flow.name}.{name}", flow.source.key(("steps", name)))
            for flow in hotline.flows.values()
            for name in flow.steps
        }
        self.exits: list[Part] = []
        self.rules = {
            rule.name: Part(
                f'the rule "{rule.name}"', hotline.center_source.value(("rules", index))
            )
            for index, rule in enumerate(hotline.center.rules)
        }
        self._seen: set[Part] = set()
        kept = {field.name: getattr(hotline, field.name) for field in fields(Hotline)}
        kept["center"] = self._center(hotline)
        kept["flows"] = {name: self._flow(flow) for name, flow in hotline.flows.items()}
        self.hotline: Hotline = _Watched(**kept, taken=self._seen)

    def add(self, events: Iterable[CallEvent]) -> None:
        """A call's events."""
        for event in events:
            if event.kind == "step":
                part = self.steps.get(f"{event.data['flow']}.{event.data['step']}")
                self._seen |= {part} if part is not None else set()  # not a test's own step
            elif event.kind == "rule":
                self._seen.add(self.rules[str(event.data["name"])])

    def all(self) -> list[Part]:
        """Everything a call can take, in the order of the files."""
        parts = [*self.steps.values(), *self.exits, *self.rules.values()]
        return sorted(parts, key=lambda part: part.spot)

    def untested(self) -> list[Part]:
        """What no call has taken, in the order of the files."""
        return [part for part in self.all() if part not in self._seen]

    # -- targets that know their exit ------------------------------------------------------------

    def _exit(self, target: str, name: str, spot: Spot) -> _Exit:
        found = _Exit(target)
        found.part = Part(name, spot)
        self.exits.append(found.part)
        return found

    def _flow(self, flow: Flow) -> Flow:
        steps = {name: self._step(flow, name, step) for name, step in flow.steps.items()}
        return replace(flow, steps=steps)

    def _step(self, flow: Flow, name: str, step: Step) -> Step:
        for exit_ in list(step.exits()):
            spot = flow.source.value(("steps", name, *exit_.loc))
            shown = ".".join(map(str, exit_.loc))
            target = self._exit(exit_.target, f"{flow.name}.{name} → {shown}", spot)
            step = _put(step, exit_.loc, target)
        return step

    def _center(self, hotline: Hotline) -> Center:
        center, source = hotline.center, hotline.center_source
        queues = dict(center.queues)
        for name, queue in center.queues.items():
            for way in ("closed", "unstaffed"):
                target = getattr(queue, way)
                if target is not None:
                    spot = source.value(("queues", name, way))
                    known = self._exit(target, f"the queue {name} → {way}", spot)
                    queues[name] = queues[name].model_copy(update={way: known})
        return center.model_copy(update={"queues": queues})


def _put(whole: Any, loc: Loc, value: str) -> Any:
    """A copy of `whole` (models, mappings, tuples) with `value` at `loc`."""
    if not loc:
        return value
    first, *rest = loc
    if isinstance(whole, Mapping):
        return {**whole, first: _put(whole[first], tuple(rest), value)}
    if isinstance(whole, tuple) and isinstance(first, int):
        inner = _put(whole[first], tuple(rest), value)
        return (*whole[:first], inner, *whole[first + 1 :])
    inner = _put(getattr(whole, str(first)), tuple(rest), value)
    return whole.model_copy(update={first: inner})
