"""With which prompt is a question asked again that was not answered?"""

from collections.abc import Sequence

from ivr.flow.sayable import Said
from ivr.line.commands import Keyed, Silence, Unclear


class Again:
    """The prompts of one question for the next silence, and for the next answer that is none."""

    def __init__(self, no_input: Sequence[str], no_match: Sequence[str]) -> None:
        self._silences = iter(no_input)
        self._misses = iter(no_match)

    def after(self, outcome: Keyed | Silence | Said | Unclear) -> str | None:
        """The prompt to ask with once more; None where they are used up."""
        return next(self._silences if isinstance(outcome, Silence) else self._misses, None)
