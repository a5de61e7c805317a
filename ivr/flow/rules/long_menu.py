"""A menu has no more choices than a listener can keep in mind."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "long-menu"

MOST_CHOICES = 5
"""Five and the human on 0; listeners forget the first before they have heard the seventh."""


def check(inspection: Inspection) -> Iterator[Problem]:
    """Steps in which more than five keys choose."""
    for flow in inspection.hotline.flows.values():
        for name, step in flow.steps.items():
            choices = [exit_ for exit_ in step.exits() if exit_.key]
            if len(choices) > MOST_CHOICES:
                message = (
                    f"{len(choices)} choices; nobody keeps more than {MOST_CHOICES} in mind. Group "
                    "some of them in a menu of their own"
                )
                spot = flow.source.key(("steps", name, *choices[MOST_CHOICES].loc))
                yield flow.source.problem(spot, message, NAME, "warning")
