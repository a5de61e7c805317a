"""Every exit leads to a step that exists."""

from collections.abc import Iterator

from ivr.flow.hotline import Hotline
from ivr.flow.problem import Problem, did_you_mean
from ivr.flow.source import Loc

NAME = "unknown-target"


def check(hotline: Hotline) -> Iterator[Problem]:
    """Exits of steps, queue fall-backs, the entry, and where 0 leads."""
    everywhere = {
        str(f"{flow.name}.{step}") for flow in hotline.flows.values() for step in flow.steps
    }
    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            for exit_ in step.exits():
                if hotline.place(exit_.target, flow.name) is None:
                    spot = flow.source.value(("steps", name, *exit_.loc))
                    known = everywhere | flow.steps.keys() | hotline.flows.keys()
                    yield flow.source.problem(spot, _message(exit_.target, known), NAME)
    center, source = hotline.center, hotline.center_source
    named: dict[Loc, str] = {
        ("center", "entry"): center.center.entry,
        ("center", "human"): center.center.human,
    }
    for name, queue in center.queues.items():
        for field in ("closed", "unstaffed"):
            target = getattr(queue, field)
            if target is not None:
                named["queues", name, field] = target
    for loc, target in named.items():
        if hotline.place(target) is None:
            known = everywhere | hotline.flows.keys()
            yield source.problem(source.value(loc), _message(target, known), NAME)


def _message(target: str, known: set[str]) -> str:
    return f'there is no step or flow "{target}"{did_you_mean(target, known)}'
