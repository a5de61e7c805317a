"""Every prompt that can be said has a text, at least in the hotline's first language."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem, Spot, did_you_mean
from ivr.flow.wording import SYSTEM_PROMPTS

NAME = "missing-prompt"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Prompts of steps, rules and whispers, and those the engine itself says."""
    hotline = inspection.hotline
    wording = hotline.wording
    if any(name.startswith("prompts.") for name in inspection.unreadable):
        return
    for source, loc, prompt, _ in inspection.prompts():
        if wording.language_for(prompt, wording.default) is None:
            message = (
                f'the prompt "{prompt}" has no text in {wording.default}'
                f"{did_you_mean(prompt, wording.names())}"
            )
            yield source.problem(source.value(loc), message, NAME)
    for prompt in SYSTEM_PROMPTS:
        if prompt not in wording.texts.get(wording.default, {}):
            spot = Spot(f"prompts.{wording.default}.yaml", 1, 1)
            message = f'the engine says "{prompt}", which has no text here; add one'
            yield Problem(spot, message, NAME)
