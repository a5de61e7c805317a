"""What does a speaker have to record for a language, and where is each text heard?"""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.expression import Template
from ivr.flow.hotline import Hotline
from ivr.flow.wording import AGENT_LOST, MORE_TIME_GIVEN, SYSTEM_PROMPTS
from ivr.line.commands import Spoken


@dataclass(frozen=True, slots=True)
class Line:
    """One text of the script. `spoken` is what is to be recorded, `heard` where callers hear it.

    With `varies` it says what is known only during a call (that is, by which expressions): it cannot
    be recorded, and is read by the voice.
    """

    spoken: Spoken
    heard: tuple[str, ...]
    varies: tuple[str, ...] = ()


def script(hotline: Hotline, language: str) -> list[Line]:
    """Everything said in a language, in the order in which calls come upon it.

    The slower words and those in dialects follow the usual ones; a slower reading of the same words
    is left out, since a usual recording serves for it.
    """
    heard = _heard(hotline)
    wording = hotline.wording
    lines = []
    places_of = {name: place for place, name in enumerate(heard)}
    for name in sorted(wording.texts[language], key=lambda name: places_of.get(name, len(heard))):
        usual = wording.texts[language][name]
        variants = wording.variants.get(language, {}).get(name)
        texts = [(language, usual, False)]
        if variants is not None:
            texts += [(language, variants.slow, True)] if variants.slow is not None else []
            texts += [(tag, own, False) for tag, own in variants.dialect.items()]
        places = tuple(heard.get(name, ()))
        lines += [
            Line(Spoken(own.text, tag, name, slow), places, _varies(own))
            for tag, own, slow in texts
        ]
    return lines


def _heard(hotline: Hotline) -> dict[str, list[str]]:
    """Where each prompt is heard, the entry's flow first, in the order of the files."""
    heard: dict[str, list[str]] = {}

    def at(name: str | None, where: str) -> None:
        if name is not None and where not in heard.setdefault(name, []):
            heard[name].append(where)

    center = hotline.center
    for rule in center.rules:
        at(rule.say, f"the rule {rule.name}")
    entry = center.center.entry.partition(".")[0]
    for flow in sorted(hotline.flows.values(), key=lambda flow: flow.name != entry):
        for step, does in flow.steps.items():
            for mention in does.prompts():
                at(mention.name, f"{flow.name}.{step}")
    if center.admission is not None:
        at(center.admission.say, "when the hotline is full")
    for whisper in center.whisper:
        at(whisper.say, "to the agent, before the talk")
    at(AGENT_LOST, "when an agent's phone is gone")
    for name in (*SYSTEM_PROMPTS, MORE_TIME_GIVEN):
        at(name, "to the agent's own phone" if name.startswith("feature_") else "while waiting")
    return heard


def _varies(template: Template) -> tuple[str, ...]:
    return tuple(hole.text for hole in template.holes)


def recordable(lines: list[Line]) -> Iterator[Line]:
    """Those of the lines that can be recorded."""
    return (line for line in lines if not line.varies)
