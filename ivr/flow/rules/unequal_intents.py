"""What callers may want has examples in every language the hotline speaks."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "unequal-intents"
SHOWN = 3  # intents that are named; the others are counted


def check(inspection: Inspection) -> Iterator[Problem]:
    """Intents without examples in a language of center.yaml; told once a language."""
    intents = inspection.hotline.intents
    if any(name.startswith("intents.") for name in inspection.unreadable):
        return
    for language in inspection.hotline.center.center.languages:
        lacking = [
            name for name in intents.names() if name not in intents.examples.get(language, {})
        ]
        if not lacking:
            continue
        there = next(one for one, said in intents.examples.items() if lacking[0] in said)
        source = intents.sources[there]
        more = f" and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else ""
        named = ", ".join(f'"{name}"' for name in lacking[:SHOWN])
        message = (
            f"no examples in {language} for {named}{more}: whoever says it in that language may not "
            f"be understood. Add a few sentences to intents.{language}.yaml"
        )
        spot = source.key(("intents", lacking[0]))
        yield source.problem(spot, message, NAME, "warning")
