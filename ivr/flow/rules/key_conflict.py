"""Every choice can be keyed at once: no key is also the beginning of a longer one."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.line.commands import HUMAN_KEY

NAME = "key-conflict"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Keys of one step against each other, against 0, and against the # that ends an entry."""
    for flow in inspection.hotline.flows.values():
        for name, step in flow.steps.items():
            keys = {exit_.key: exit_.loc for exit_ in step.exits() if exit_.key}
            for key, loc in keys.items():
                message = _conflict(key, keys.keys() - {key})
                if message is not None:
                    spot = flow.source.key(("steps", name, *loc))
                    yield flow.source.problem(spot, message, NAME)


def _conflict(key: str, others: set[str]) -> str | None:
    longer = sorted(other for other in others if other.startswith(key))
    if longer:
        return (
            f'whoever presses "{key}" must wait, for it also begins "{longer[0]}"; choose keys none '
            "of which begins another"
        )
    if len(key) > 1 and key.startswith(HUMAN_KEY):
        return f'"{key}" begins with 0, which leads to a human; choose another key'
    if len(key) > 1 and "#" in key and "#" not in others:
        return f'"{key}" cannot be keyed, because # ends an entry; choose another key'
    return None
