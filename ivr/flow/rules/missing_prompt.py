"""Every prompt that can be said has a text, at least in the hotline's first language."""

from collections.abc import Iterator

from ivr.flow.hotline import Hotline
from ivr.flow.problem import Problem, Spot, did_you_mean
from ivr.flow.wording import SYSTEM_PROMPTS

NAME = "missing-prompt"


def check(hotline: Hotline) -> Iterator[Problem]:
    """Prompts of steps, rules and whispers, and those the engine itself says."""
    wording, center, source = hotline.wording, hotline.center, hotline.center_source
    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            for mention in step.prompts():
                if wording.language_for(mention.name, wording.default) is None:
                    spot = flow.source.value(("steps", name, *mention.loc))
                    yield flow.source.problem(spot, _message(hotline, mention.name), NAME)
    said = {("rules", i, "say"): rule.say for i, rule in enumerate(center.rules) if rule.say}
    said |= {("whisper", i, "say"): whisper.say for i, whisper in enumerate(center.whisper)}
    for loc, prompt in said.items():
        if wording.language_for(prompt, wording.default) is None:
            yield source.problem(source.value(loc), _message(hotline, prompt), NAME)
    for prompt in SYSTEM_PROMPTS:
        if prompt not in wording.texts.get(wording.default, {}):
            spot = Spot(f"prompts.{wording.default}.yaml", 1, 1)
            yield Problem(spot, f'the engine says "{prompt}", which has no text here', NAME)


def _message(hotline: Hotline, prompt: str) -> str:
    return (
        f'the prompt "{prompt}" has no text in {hotline.wording.default}'
        f"{did_you_mean(prompt, hotline.wording.names())}"
    )
