"""In every language in which callers speak they can ask for a human."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem
from ivr.flow.source import Loc

NAME = "no-word-for-human"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Intents files with examples and without a word for a human. A warning: 0 works everywhere."""
    intents = inspection.hotline.intents
    if not any(inspection.listened_for()):
        return
    for language, said in intents.examples.items():
        if said and not intents.said("human", language):
            source = intents.sources[language]
            loc: Loc = ("words",) if "words" in source.data else ("intents",)
            message = (
                f"nothing that callers may say in {language} brings them to a human; add "
                "words: {human: [...]}"
            )
            yield source.problem(source.key(loc), message, NAME, "warning")
