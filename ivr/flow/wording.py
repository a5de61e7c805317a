"""What is said: prompts by name, with a text for each language, filled with what the call knows."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from ivr.flow import spoken_values
from ivr.flow.expression import Expression, Facts, Template, Value
from ivr.flow.fields import ANYTHING, Interrupt
from ivr.line.commands import Spoken

AGENT_LOST = "agent_lost"
"""Heard where an agent's phone is gone and another is looked for; a hotline may be without it."""
MORE_TIME_GIVEN = "feature_more_time"
"""Heard by an agent who got longer for a wrap-up; a hotline may be without it."""
# Said by the engine itself, so every hotline must have them (checked by rules/missing_prompt.py).
SYSTEM_PROMPTS = (
    "all_busy",
    "connecting",
    "feature_logged_in",
    "feature_logged_out",
    "feature_paused",
    "feature_ready",
    "nobody_here",
    "queue_position",
    "queue_soon",
    "queue_wait",
    "sorry_trouble",
)


_NOTHING_KNOWN = Facts({})
_NOTHING_ANNOUNCED: Mapping[str, Value] = {}


@dataclass(frozen=True, slots=True)
class Variants:
    """Other words for a prompt: to be said slowly, and in dialects by their tags."""

    slow: Template | None = None
    dialect: Mapping[str, Template] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wording:
    """Every prompt of the hotline: language → name → template. `default` is the first language.

    `variants` has, in the same order, what some prompts are worded like for some callers;
    `interrupts` by name what may cut a prompt short that says so itself, in whatever language.
    """

    default: str
    texts: Mapping[str, Mapping[str, Template]]
    variants: Mapping[str, Mapping[str, Variants]] = field(default_factory=dict)
    interrupts: Mapping[str, Interrupt] = field(default_factory=dict)

    def names(self) -> set[str]:
        """The names of all prompts, in whatever language."""
        return {name for texts in self.texts.values() for name in texts}

    def language_for(self, name: str, language: str) -> str | None:
        """The language in which `name` can be said to somebody who speaks `language`."""
        for candidate in (language, "en", self.default):
            if name in self.texts.get(candidate, {}):
                return candidate
        return None

    def interrupt(self, name: str, step: Interrupt = ANYTHING) -> Interrupt:
        """What may cut a prompt short: what both it and the step that says it allow."""
        return step.and_of(self.interrupts.get(name, ANYTHING))

    def spoken(
        self,
        name: str,
        language: str,
        facts: Facts = _NOTHING_KNOWN,
        *,
        announced: Mapping[str, Value] = _NOTHING_ANNOUNCED,
        slow: bool = False,
        dialects: Sequence[str] = (),
    ) -> Spoken | None:
        """The prompt as something to say; None where it exists in no language that would do.

        Values are said as the language of the text says them, whatever the caller's is. `dialects`
        are the caller's; the first that the prompt is worded in is taken, before its slow words.

        A text is private when it says what was keyed or set, or who the caller is. What is
        `announced` besides (a position in the queue) and the caller's language are nobody's secret,
        and their audio is worth keeping.
        """
        chosen = self.language_for(name, language)
        if chosen is None:
            return None
        tag, template = self._worded(name, chosen, slow, dialects)
        holes = template.holes
        if not holes:
            return Spoken(template.text, tag, name, slow)
        text = template.render(facts.with_(announced, spoken_values.functions(tag)))
        private = any(_personal(hole, announced.keys()) for hole in holes)
        return Spoken(text, tag, None, slow, private)

    def fixed(self) -> Iterator[Spoken]:
        """Every prompt without holes, in each language, speed and dialect it can be said in."""
        for language, texts in self.texts.items():
            for name, template in texts.items():
                variants = self.variants.get(language, {}).get(name, Variants())
                worded = [
                    (language, template, False),
                    (language, variants.slow or template, True),
                    *(
                        (tag, own, slow)
                        for tag, own in variants.dialect.items()
                        for slow in _SPEEDS
                    ),
                ]
                for tag, own, slow in worded:
                    if not own.holes:
                        yield Spoken(own.text, tag, name, slow)

    def templates(self, language: str) -> Iterator[tuple[tuple[str, ...], Template]]:
        """Every text of a language's file, with the path to it there."""
        for name, template in self.texts[language].items():
            variants = self.variants.get(language, {}).get(name)
            if variants is None:
                yield ("prompts", name), template
                continue
            yield ("prompts", name, "text"), template
            if variants.slow is not None:
                yield ("prompts", name, "slow"), variants.slow
            for tag, own in variants.dialect.items():
                yield ("prompts", name, "dialect", tag), own

    def _worded(
        self, name: str, language: str, slow: bool, dialects: Sequence[str]
    ) -> tuple[str, Template]:
        """The words for this caller, and the language they are in."""
        variants = self.variants.get(language, {}).get(name)
        if variants is None:
            return language, self.texts[language][name]
        for tag in dialects:
            if tag in variants.dialect:
                return tag, variants.dialect[tag]
        return language, (variants.slow if slow else None) or self.texts[language][name]


_SPEEDS = (False, True)
_HARMLESS = "language|language_guessed|dialect|known|elderly|tier|withheld|country"
_WHO = re.compile(rf"\bcaller\b(?!\s*\.\s*(?:{_HARMLESS})\b)")  # the caller read otherwise


def _personal(hole: Expression, public: Set[str]) -> bool:
    return bool(hole.reads - public - {"caller", "center"}) or _WHO.search(hole.text) is not None
