"""What a caller cannot cut short is short."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "long-notice"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Announcements without interruption against `limits.notice`."""
    most, pace = inspection.hotline.center.limits.notice, inspection.proof.pace
    for flow in inspection.hotline.flows.values():
        for name, step in flow.steps.items():
            prompts = list(step.prompts())
            # A prompt may be sent as text instead of said; then the step takes no time for it.
            spoken = sum(pace.said(mention.name) for mention in prompts)
            length = min(spoken, step.longest(pace))
            if prompts and not step.hears_zero() and length > most:
                message = (
                    f"this takes {length:.0f} s and cannot be cut short; limits.notice of "
                    f"center.yaml allows {most:.0f} s. Shorten it, or let keys interrupt it"
                )
                spot = flow.source.value(("steps", name, *prompts[0].loc))
                yield flow.source.problem(spot, message, NAME)
