"""Are the sentences of intents.tests.yaml understood as they are written?"""

from collections.abc import Iterator, Sequence

from ivr.flow.hotline import Hotline
from ivr.flow.intent_tests import RULE, Expected, wanted
from ivr.flow.intents import NOTHING
from ivr.flow.problem import Problem
from ivr.understanding import Understanding
from speech.intents import Classifier, Understood
from speech.slots import SlotValue, find

NOT_UNDERSTOOD = Understood("unknown", None, 0.0, (), ())


def try_sentences(hotline: Hotline, expected: Sequence[Expected]) -> list[Problem]:
    """Try each sentence; what is not understood as written. Learns the intents first (seconds)."""
    named = any(one.test.intent is not None for one in expected)
    classifier = Understanding(hotline.intents, ()).learn() if named else None
    return [problem for one in expected for problem in _judge(one, hotline, classifier)]


def _judge(one: Expected, hotline: Hotline, classifier: Classifier | None) -> Iterator[Problem]:
    test = one.test
    if test.intent is not None:
        understood = NOT_UNDERSTOOD
        if classifier is not None:
            understood = classifier.understand(test.says, test.language)
        if test.intent != (understood.intent or NOTHING):
            spot = one.source.value((*one.loc, "intent"))
            message = f"{_told(understood)}; {test.intent} was expected"
            yield one.source.problem(spot, message, RULE)
    kinds = wanted(test.slots, hotline.intents, test.language)
    found = find(test.says, test.language, kinds, one.today)
    for name, value in test.slots.items():
        heard = written(found.get(name))
        if heard != value:
            spot = one.source.value((*one.loc, "slots", name))
            message = f"{heard or 'nothing'} was found for {name}; {value} was expected"
            yield one.source.problem(spot, message, RULE)


def written(value: SlotValue | None) -> str:
    """What was found as a test writes it: true as yes, a sum with its currency."""
    if value is None:
        return ""
    if isinstance(value.value, bool):
        return "yes" if value.value else "no"
    return f"{value.value} {value.unit}" if value.unit else value.value


def _told(understood: Understood) -> str:
    if understood.intent is None:
        return "this is taken for no intent"
    nearest = understood.because[0]
    return f'this is taken for {understood.intent}, because of "{nearest.sentence}"'
