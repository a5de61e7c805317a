"""What callers are listened to for is known: intents, yes and no, and lists."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem, did_you_mean
from ivr.flow.sayable import ANSWERS
from ivr.flow.slots import KINDS
from ivr.flow.step import Exit

NAME = "unknown-intent"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Intents of choices and open questions, and what the fields of forms take."""
    intents = inspection.hotline.intents
    if any(name.startswith("intents.") for name in inspection.unreadable):
        return
    known, things = {*intents.names(), *ANSWERS}, {*KINDS, *intents.list_names()}
    for flow in inspection.hotline.flows.values():
        for name, step in flow.steps.items():
            for exit_ in step.exits():
                if exit_.says and exit_.says not in known:
                    message = (
                        f'no intents.*.yaml has an intent "{exit_.says}"'
                        f"{did_you_mean(exit_.says, known)}"
                    )
                    spot = flow.source.value(("steps", name, *exit_.loc[:-1], "says"))
                    if not exit_.key:
                        spot = flow.source.key(("steps", name, *_named(exit_)))
                    yield flow.source.problem(spot, message, NAME)
            for mention in step.takes():
                if mention.name not in things:
                    message = (
                        f'"{mention.name}" is neither a list of intents.*.yaml nor one of '
                        f"{', '.join(KINDS)}{did_you_mean(mention.name, things)}"
                    )
                    spot = flow.source.value(("steps", name, *mention.loc))
                    yield flow.source.problem(spot, message, NAME)


def _named(exit_: Exit) -> tuple[str | int, ...]:
    """The path to the intent that is the key of an open question's exit."""
    return exit_.loc[:2]
