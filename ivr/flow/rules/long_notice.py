"""What a caller cannot cut short is short."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "long-notice"


def check(inspection: Inspection) -> Iterator[Problem]:
    """What a step, or a prompt of its own, lets nothing interrupt, against `limits.notice`."""
    most, pace = inspection.hotline.center.limits.notice, inspection.proof.pace
    for flow in inspection.hotline.flows.values():
        for name, step in flow.steps.items():
            wording, free = inspection.hotline.wording, step.cut_short()
            said = [wording.interrupt(mention.name) for mention in step.prompts()]
            prompts = [
                mention
                for mention, own in zip(step.prompts(), said, strict=True)
                if not (free and (any(own) if step.asks() else own.by_key))
            ]
            if not prompts:
                continue
            if step.hears_zero() and (step.asks() or not free):
                # A question, of which one prompt is said at a time.
                longest = max(prompts, key=lambda mention: pace.said(mention.name))
                length, loc, how = pace.said(longest.name), longest.loc, "but by 0"
                remedy = "let a key or the voice interrupt it"
            else:
                # A prompt may be sent as text instead of said; then the step takes no time for it.
                spoken = sum(pace.said(mention.name) for mention in prompts)
                length, loc, how = min(spoken, step.longest(pace)), prompts[0].loc, ""
                remedy = "let keys interrupt it"
            if free:
                remedy = f'{remedy} (interrupt: of "{prompts[0].name}" in prompts.*.yaml)'
            if length > most:
                cannot = f"cannot be cut short {how}".rstrip()
                message = (
                    f"this takes {length:.0f} s and {cannot}; limits.notice of center.yaml allows "
                    f"{most:.0f} s. Shorten it, or {remedy}"
                )
                spot = flow.source.value(("steps", name, *loc))
                yield flow.source.problem(spot, message, NAME)
