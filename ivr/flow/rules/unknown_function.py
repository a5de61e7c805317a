"""Expressions call only functions there are, and give them names that exist."""

from collections.abc import Collection, Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem, did_you_mean
from ivr.flow.rules.unknown_variable import problem
from ivr.flow.vocabulary import CEL, OURS, names_given

NAME = "unknown-function"


def check(inspection: Inspection) -> Iterator[Problem]:
    """An unknown function has no value, so what asks for it would silently never hold."""
    center = inspection.hotline.center
    given: dict[str, tuple[str, Collection[str]]] = {
        "open": ("hours", center.hours),
        "staffed": ("skill", center.skills),
    }
    for asked in inspection.expressions():
        text = asked.expression.text
        for name in sorted(asked.expression.calls - OURS - CEL):
            message = f'there is no function "{name}"{did_you_mean(name, OURS)}'
            yield problem(asked, max(text.find(name), 0), message, NAME)
        for function in sorted(asked.expression.calls & given.keys()):
            what, known = given[function]
            for offset, name in names_given(text, function):
                if name not in known:
                    message = f'center.yaml has no {what} "{name}"{did_you_mean(name, known)}'
                    yield problem(asked, offset, message, NAME)
