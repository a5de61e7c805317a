"""Which sentences of a hotline are known before anybody calls, and so can be built ahead?"""

from collections.abc import Iterator

from ivr.flow.hotline import Hotline
from ivr.line.commands import Spoken


def fixed(hotline: Hotline) -> Iterator[Spoken]:
    """Every prompt in every language it has, at the usual and the slow speed.

    Texts with `{{ }}` are left out: what they say is known only during a call.
    """
    for language, texts in hotline.wording.texts.items():
        for name, template in texts.items():
            if not template.holes:
                yield Spoken(template.text, language, name)
                yield Spoken(template.text, language, name, slow=True)


def meanwhile(hotline: Hotline) -> Iterator[Spoken]:
    """Those among them that callers hear while an agent's phone already rings.

    They are the `say` of the routing rules and of whatever step leads to a queue.
    """
    names = {rule.say for rule in hotline.center.rules}
    names |= {
        mention.name
        for flow in hotline.flows.values()
        for step in flow.steps.values()
        if any(step.queues())
        for mention in step.prompts()
    }
    return (spoken for spoken in fixed(hotline) if spoken.name in names)
