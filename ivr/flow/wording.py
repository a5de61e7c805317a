"""What is said: prompts by name, with a text for each language, filled with what the call knows."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from ivr.flow.expression import Expression, Functions, Template, Value
from ivr.line.commands import Spoken

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


@dataclass(frozen=True, slots=True)
class Wording:
    """Every prompt of the hotline: language → name → template. `default` is the first language."""

    default: str
    texts: Mapping[str, Mapping[str, Template]]

    def names(self) -> set[str]:
        """The names of all prompts, in whatever language."""
        return {name for texts in self.texts.values() for name in texts}

    def language_for(self, name: str, language: str) -> str | None:
        """The language in which `name` can be said to somebody who speaks `language`."""
        for candidate in (language, "en", self.default):
            if name in self.texts.get(candidate, {}):
                return candidate
        return None

    def spoken(
        self,
        name: str,
        language: str,
        values: Mapping[str, Value],
        functions: Functions,
        *,
        slow: bool = False,
        public: Set[str] = frozenset(),
    ) -> Spoken | None:
        """The prompt as something to say; None where it exists in no language that would do.

        A text is private when it says what was keyed or set, or the caller's name. The `public`
        values (a position in the queue) and the caller's language are nobody's secret, and their
        audio is worth keeping.
        """
        chosen = self.language_for(name, language)
        if chosen is None:
            return None
        template = self.texts[chosen][name]
        private = any(_personal(hole, public) for hole in template.holes)
        text = template.render(values, functions)
        return Spoken(text, chosen, None if template.holes else name, slow, private)


def _personal(hole: Expression, public: Set[str]) -> bool:
    return bool(hole.reads - public - {"caller", "center"}) or "caller.name" in hole.text
