"""Which of several languages was spoken?

Every recognizer hears the turn and makes the best of it, in its own language. What each makes of it
is compared by confidence, which is calibrated to mean the same for all: how often something heard so
well was really said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from speech.matching import ACCEPTED, Phrases
from speech.recognizer import Heard

FAVOUR = 0.05
"""Confidence by which another language must be ahead of the one spoken to the caller."""
LEAST = 0.35
"""Confidence below which something counts as not heard at all."""
FREE_WHOLE = 88.0
"""Likeness from which dictated words are taken for a phrase that was foreseen."""

FREE_TRUST = 0.8
"""Dictated words are never as sure as words that were foreseen."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what was said: a phrase, or dictated words, with its confidence 0 to 1."""

    text: str
    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes a recognizer's figures a confidence: a logistic curve."""

    base: float
    of_likeness: float
    of_score: float

    def confidence(self, likeness: float, score: float) -> float:
        """How often something so like a phrase (0 to 100), with such a score (0 to 1), is right."""
        return 1 / (
            1 + exp(-(self.base + self.of_likeness * likeness / 100 + self.of_score * score))
        )


BY_WORDS = Calibration(base=-9.0, of_likeness=12.0, of_score=2.0)
"""Of recognizers that hear words, such as Vosk; measured with the Korean model. A curve fitted to two
of three voices and tried on the third is no better: of 90 phrases in quiet 77 are right and accepted,
and of 90 that are in no grammar 7 are taken, for 74 and 4 with this one."""
BY_PHRASES = Calibration(base=-21.0, of_likeness=10.0, of_score=14.8)
"""Of recognizers that hear whole phrases only, such as PocketSphinx: fitted to its own model, as
`speech/sphinx.py` tells."""


def readings(
    heard: Heard,
    language: str,
    phrases: Phrases,
    calibration: Calibration,
    *,
    as_heard: bool = False,
) -> list[Reading]:
    """What `heard` may mean, best first; empty if nothing that counts.

    With `as_heard`, words that are no phrase count too, as they are.
    """
    if not heard.text:
        return []
    matches = phrases.closest(heard.text)
    found = [
        Reading(match.phrase, language, confidence)
        for match in matches
        if match.likeness >= ACCEPTED
        and (confidence := calibration.confidence(match.likeness, heard.score)) >= LEAST
    ]
    if as_heard and (not matches or matches[0].likeness < FREE_WHOLE):
        found.insert(0, Reading(heard.text, language, heard.score * FREE_TRUST))
    return found


def best(by_language: Sequence[Sequence[Reading]]) -> list[Reading]:
    """All readings, best first; the first language is favoured a little."""
    found = [
        (reading.confidence + (FAVOUR if place == 0 else 0.0), reading)
        for place, of_one in enumerate(by_language)
        for reading in of_one
    ]
    return [reading for _, reading in sorted(found, key=lambda one: -one[0])]
