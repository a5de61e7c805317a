"""Every exit leads to a step that exists."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem, did_you_mean
from ivr.flow.source import Loc

NAME = "unknown-target"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Exits of steps, queue fall-backs, the entry, and where 0 leads."""
    hotline = inspection.hotline
    flows = hotline.flows.keys() | {name for name in inspection.unreadable if "." not in name}
    steps = {f"{flow.name}.{step}" for flow in hotline.flows.values() for step in flow.steps}
    known = flows | steps | {name for name in inspection.unreadable if name not in flows}

    def exists(target: str, flow: str | None) -> bool:
        whole = target.partition(".")[0]
        return target in known or f"{flow}.{target}" in known or whole in inspection.unreadable

    for flow in hotline.flows.values():
        here = known | flow.steps.keys()
        for name, step in flow.steps.items():
            for exit_ in step.exits():
                if not exists(exit_.target, flow.name):
                    spot = flow.source.value(("steps", name, *exit_.loc))
                    yield flow.source.problem(spot, _message(exit_.target, here), NAME)
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
        if queue.overflow is not None and queue.overflow.to is not None:
            named["queues", name, "overflow", "to"] = queue.overflow.to
    for loc, target in named.items():
        if not exists(target, None):
            yield source.problem(source.value(loc), _message(target, known), NAME)


def _message(target: str, known: set[str]) -> str:
    return f'there is no step or flow "{target}"{did_you_mean(target, known)}'
