"""Which sentences of a hotline are known before anybody calls, and so can be built ahead?"""

from collections.abc import Iterator

from ivr.flow.expression import Facts, Template, Value
from ivr.flow.hotline import Hotline
from ivr.flow.spoken_values import functions
from ivr.flow.wording import AGENT_LOST
from ivr.line.commands import Spoken

POSITIONS = range(1, 11)
MINUTES = range(1, 16)
"""What is announced often enough to be built ahead; longer queues are spoken as they come."""


def ahead(hotline: Hotline) -> Iterator[Spoken]:
    """Everything worth building ahead."""
    yield from fixed(hotline)
    yield from filled(hotline)


def fixed(hotline: Hotline) -> Iterator[Spoken]:
    """Every prompt in every language and dialect it has, at the usual and the slow speed.

    Texts with `{{ }}` are left out: what they say is known only during a call.
    """
    return hotline.wording.fixed()


def filled(hotline: Hotline) -> Iterator[Spoken]:
    """Texts with `{{ }}` of which there are but few: positions, minutes, and languages.

    An agent's phone must not ring later because the whisper has to be spoken first.
    """
    for language, texts in hotline.wording.texts.items():
        for template in texts.values():
            for values in _few(template, hotline):
                text = template.render(Facts(values, functions(language)))
                yield Spoken(text, language)
                yield Spoken(text, language, slow=True)


def meanwhile(hotline: Hotline) -> Iterator[Spoken]:
    """Those among them that callers hear while an agent's phone already rings.

    They are the `say` of the routing rules and of whatever step leads to a queue, and what is said
    when an agent's phone is gone.
    """
    names = {AGENT_LOST, *(rule.say for rule in hotline.center.rules)}
    names |= {
        mention.name
        for flow in hotline.flows.values()
        for step in flow.steps.values()
        if any(step.queues())
        for mention in step.prompts()
    }
    return (spoken for spoken in fixed(hotline) if spoken.name in names)


def _few(template: Template, hotline: Hotline) -> Iterator[dict[str, Value]]:
    reads = frozenset().union(*(hole.reads for hole in template.holes))
    if reads == {"position"}:
        yield from ({"position": number} for number in POSITIONS)
    elif reads == {"minutes"}:
        yield from ({"minutes": number} for number in MINUTES)
    elif reads == {"caller"} and all("caller.language" in hole.text for hole in template.holes):
        languages = hotline.center.center.languages
        yield from ({"caller": {"language": language}} for language in languages)
