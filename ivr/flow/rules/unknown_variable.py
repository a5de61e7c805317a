"""Expressions read only what exists: the caller, the center, and variables some step sets."""

from collections.abc import Iterator

from ivr.flow.expression import Expression
from ivr.flow.hotline import Hotline
from ivr.flow.problem import Problem, did_you_mean
from ivr.flow.source import Loc, Source
from ivr.flow.spoken_values import NAMES

NAME = "unknown-variable"
BUILT_IN = frozenset({"caller", "center"})
FUNCTIONS = NAMES | {"staffed", "open", "has", "size", "string", "int"}
ANNOUNCED = frozenset({"position", "minutes"})  # given to the announcements in a queue


def check(hotline: Hotline) -> Iterator[Problem]:
    """Conditions, values and templates; a secret may be read by none of them."""
    steps = [step for flow in hotline.flows.values() for step in flow.steps.values()]
    known = BUILT_IN | {mention.name for step in steps for mention in step.writes()}
    secret = {mention.name for step in steps for mention in step.secrets()}

    def judge(
        source: Source, loc: Loc, expression: Expression, begins: int = 0
    ) -> Iterator[Problem]:
        for name in sorted(expression.reads - known):
            if name in secret:
                message = f'"{name}" is asked as a secret; nothing may read it'
            else:
                message = f'no step sets a variable "{name}"{did_you_mean(name, known)}'
            offset = begins + max(expression.text.find(name), 0)
            yield source.problem(source.within(loc, offset), message, NAME)

    for flow in hotline.flows.values():
        for name, step in flow.steps.items():
            for used in step.expressions():
                yield from judge(flow.source, ("steps", name, *used.loc), used.expression)
    for index, rule in enumerate(hotline.center.rules):
        yield from judge(hotline.center_source, ("rules", index, "when"), rule.when)
    for index, whisper in enumerate(hotline.center.whisper):
        yield from judge(hotline.center_source, ("whisper", index, "when"), whisper.when)
    for language, source in hotline.wording_sources.items():
        for name, template in hotline.wording.texts[language].items():
            for hole in template.holes:
                if not hole.reads & ANNOUNCED:
                    begins = template.text.find(hole.text)
                    yield from judge(source, ("prompts", name), hole, begins)
