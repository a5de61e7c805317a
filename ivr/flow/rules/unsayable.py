"""Every word that callers are to say is one that the recognizer of its language can hear."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.flow.source import Loc
from speech.pieces import spelled

NAME = "unsayable"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Sentences and words of intents.*.yaml. A warning: there are other words beside them, and keys.

    Only languages whose recognizer is here are checked.
    """
    intents = inspection.hotline.intents
    for language, source in intents.sources.items():
        known = inspection.vocabularies.get(language)
        if known is None:
            continue
        parts = {"intents": intents.examples, "words": intents.words}
        for part, said in parts.items():
            for name, sentences in said.get(language, {}).items():
                for index, sentence in enumerate(sentences):
                    unknown = spelled(sentence, known.__contains__)[1]
                    if unknown:
                        words = " and ".join(f'"{word}"' for word in unknown)
                        loc: Loc = (part, name, index)
                        message = (
                            f"the recognizer for {language} does not know {words} and will hardly "
                            "hear this; say it in other words"
                        )
                        yield source.problem(source.value(loc), message, NAME, "warning")
