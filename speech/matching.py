"""Which of the phrases that mean something here was said?

A grammar makes a recognizer follow pairs of words, not sentences, so what it hears is seldom a
phrase letter by letter. It is compared with each phrase by the share of characters they have in
common (rapidfuzz's ratio), without blanks, and with Hangul taken apart into its letters, so that a
syllable heard half right counts half.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

ACCEPTED = 70.0
"""Likeness from which a phrase counts as said."""
WHOLE = 88.0
"""Likeness from which nothing more need be waited for."""

Standing = Literal["whole", "begun", "other"]
"""Of what was heard so far: it is a phrase; it is the beginning of one; it is neither."""


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase, and from 0 to 100 how like it is to what was heard."""

    phrase: str
    likeness: float


class Phrases:
    """The phrases of one turn, ready to be compared."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._keys = [(key(phrase), phrase) for phrase in dict.fromkeys(phrases)]

    def closest(self, heard: str, most: int = 4) -> list[Match]:
        """The phrases most like `heard`, best first; among equals, the earlier one."""
        text = key(heard)
        if not text:
            return []
        found = [Match(phrase, fuzz.ratio(text, known)) for known, phrase in self._keys if known]
        return sorted(found, key=lambda match: -match.likeness)[:most]

    def standing(self, heard: str) -> Standing:
        """Whether more is to be expected after `heard`."""
        text = key(heard)
        best = max((fuzz.ratio(text, known) for known, _ in self._keys), default=0.0)
        begun = any(len(known) > len(text) and _begins(known, text) for known, _ in self._keys)
        if best >= WHOLE and not any(
            len(known) > len(text) + 1 and known.startswith(text) for known, _ in self._keys
        ):
            return "whole"
        return "begun" if text and begun else "other"


def key(text: str) -> str:
    """`text` as it is compared: letters and digits only, small, Hangul as single letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFD", "".join(filter(str.isalnum, plain)))


def _begins(phrase: str, heard: str) -> bool:
    return fuzz.ratio(phrase[: len(heard)], heard) >= WHOLE
