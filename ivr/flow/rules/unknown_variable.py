"""Expressions read only what exists: the caller, the center, and variables some step sets."""

from collections.abc import Iterator

from ivr.flow.inspection import Asked, Inspection
from ivr.flow.problem import Problem, did_you_mean
from ivr.flow.vocabulary import ANNOUNCED, CALLER, CENTER, fields

NAME = "unknown-variable"
_BUILT_IN = {"caller": CALLER, "center": CENTER}


def check(inspection: Inspection) -> Iterator[Problem]:
    """Conditions, values and templates. What a secret is named is another rule's matter."""
    hotline = inspection.hotline
    steps = [step for flow in hotline.flows.values() for step in flow.steps.values()]
    known = _BUILT_IN.keys() | {
        mention.name for step in steps for mention in (*step.writes(), *step.given())
    }
    secret = {mention.name for step in steps for mention in step.secrets()}
    all_read = all(name.endswith(".yaml") for name in inspection.unreadable)
    for asked in inspection.expressions():
        unknown = asked.expression.reads - known - secret
        if asked.loc[0] == "prompts":
            unknown -= ANNOUNCED
        for name in sorted(unknown) if all_read else ():
            message = f'no step sets a variable "{name}"{did_you_mean(name, known)}'
            yield problem(asked, max(asked.expression.text.find(name), 0), message, NAME)
        for built_in in sorted(asked.expression.reads & _BUILT_IN.keys()):
            attributes = _BUILT_IN[built_in]
            for offset, name in fields(asked.expression.text, built_in):
                if name not in attributes:
                    message = (
                        f'nothing is known as "{built_in}.{name}"{did_you_mean(name, attributes)}'
                    )
                    yield problem(asked, offset, message, NAME)


def problem(asked: Asked, offset: int, message: str, rule: str) -> Problem:
    """A problem `offset` characters into an expression."""
    before = asked.before + asked.expression.text[:offset]
    return asked.source.problem(asked.source.within(asked.loc, before), message, rule)
