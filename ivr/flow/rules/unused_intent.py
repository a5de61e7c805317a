"""What callers may want leads somewhere: every intent is listened for."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "unused-intent"
ALWAYS = "human"  # asked for in every step that listens


def check(inspection: Inspection) -> Iterator[Problem]:
    """Intents with examples that no step of any flow takes; nothing where none listens at all."""
    hotline = inspection.hotline
    used = set(inspection.listened_for())
    if not used or any(not name.endswith(".yaml") for name in inspection.unreadable):
        return
    for intent in hotline.intents.names():
        if intent in used or intent == ALWAYS:
            continue
        source = next(
            hotline.intents.sources[language]
            for language, said in hotline.intents.examples.items()
            if intent in said
        )
        message = (
            f'no step listens for "{intent}"; name it under intents: of a listen, or remove it'
        )
        yield source.problem(source.key(("intents", intent)), message, NAME, "warning")
