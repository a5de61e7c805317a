"""No two choices of a menu are said in words a recognizer takes for each other."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from ivr.flow.inspection import Inspection
from ivr.flow.intents import Intents
from ivr.flow.problem import Problem, Severity
from ivr.flow.sayable import COMMANDS, phrases
from ivr.flow.source import Loc
from ivr.flow.step import Step
from speech.alike import NEAR, SAME, alike

NAME = "alike-choices"


class _Spoken(NamedTuple):
    """What is said for a choice, or for a word that works everywhere, and where that stands."""

    name: str
    target: str
    loc: Loc | None


def check(inspection: Inspection) -> Iterator[Problem]:
    """Choices of one menu against each other and against the words that work everywhere.

    Phrases that are written or sound the same are an error, those that nearly are a warning. Of two
    choices the nearest phrases are told, in the language where they are nearest.
    """
    hotline = inspection.hotline
    for flow in hotline.flows.values():
        languages = flow.languages or hotline.center.center.languages
        for name, step in flow.steps.items():
            for one, other in combinations(_spoken(step), 2):
                if one.target == other.target or other.loc is None:
                    continue
                found = _nearest(hotline.intents, one.name, other.name, languages)
                if found is None:
                    continue
                likeness, language, said, also = found
                how = "the same as" if likeness >= SAME else "nearly like"
                choice = "the word" if one.name in COMMANDS else "the choice"
                message = (
                    f'in {language} "{also}" sounds {how} "{said}" of {choice} "{one.name}"; '
                    "let callers say something else for one of them"
                )
                spot = flow.source.value(("steps", name, *other.loc))
                severity: Severity = "error" if likeness >= SAME else "warning"
                yield flow.source.problem(spot, message, NAME, severity)


def _spoken(step: Step) -> Iterator[_Spoken]:
    choices = [
        _Spoken(exit_.says, exit_.target, (*exit_.loc[:-1], "says"))
        for exit_ in step.exits()
        if exit_.says and exit_.key
    ]
    if choices:
        yield from (_Spoken(word, f"the word {word}", None) for word in COMMANDS)
        yield from choices


def _nearest(
    intents: Intents, one: str, other: str, languages: tuple[str, ...]
) -> tuple[float, str, str, str] | None:
    if one == other:
        return None
    pairs = (
        (alike(said, also, language), language, said, also)
        for language in languages
        for said in phrases(intents, one, language)
        for also in phrases(intents, other, language)
    )
    return max((pair for pair in pairs if pair[0] >= NEAR), default=None, key=lambda p: p[0])
