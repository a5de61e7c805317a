"""Every choice can be keyed at once: no key is also the beginning of a longer one."""

from collections.abc import Iterator
from itertools import zip_longest

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.line.commands import HUMAN_KEY

NAME = "key-conflict"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Keys of one step against each other, against 0, and against the # that ends an entry."""
    for flow in inspection.hotline.flows.values():
        for name, step in flow.steps.items():
            keys = {exit_.key: exit_.loc for exit_ in step.exits() if exit_.key}
            ordered = sorted(keys)
            for key, after in zip_longest(ordered, ordered[1:], fillvalue=""):
                message = _conflict(key, after, "#" in keys)
                if message is not None:
                    spot = flow.source.key(("steps", name, *keys[key]))
                    yield flow.source.problem(spot, message, NAME)


def _conflict(key: str, after: str, hash_chooses: bool) -> str | None:
    """What is wrong with a key; `after` is the next in order, which a longer one would be."""
    if after.startswith(key):
        return (
            f'whoever presses "{key}" must wait, for it also begins "{after}"; choose keys none of '
            "which begins another"
        )
    if len(key) > 1 and key.startswith(HUMAN_KEY):
        return f'"{key}" begins with 0, which leads to a human; choose another key'
    if len(key) > 1 and "#" in key and not hash_chooses:
        return f'"{key}" cannot be keyed, because # ends an entry; choose another key'
    return None
