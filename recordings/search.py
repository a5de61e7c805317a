"""Where in a turn was something said that somebody looks for?

A phrase is found from the beginning of a word on, and may go on beyond its end, so that "card" finds
"cards" and "카드" finds "카드를"; in scripts without blanks it is found anywhere.
"""

from dataclasses import dataclass

from recordings.checks import joined, letters
from recordings.transcript import Speaker, Turn
from speech.sentences import is_unspaced


@dataclass(frozen=True, slots=True)
class Place:
    """Who said it, at which `second`, and the whole of what was said there."""

    speaker: Speaker
    second: float
    text: str


def first(phrase: str, turn: Turn) -> Place | None:
    """Where `phrase` is first said in a turn, exactly but for case, width, blanks and marks."""
    sought = letters(phrase)
    text, words = joined(turn.words)
    at = text.find(sought) if sought else -1
    while at >= 0:
        if at == 0 or words[at - 1] is not words[at] or is_unspaced(sought[0]):
            return Place(turn.speaker, words[at].begin, turn.text)
        at = text.find(sought, at + 1)
    return None
