"""Which words do callers say more often than before, or less?

Counted is in how many talks a word is said, not how often. Dunning's log-likelihood ratio tells
a change from chance, also for rare words; no list of common words is needed, since those are said
as often as ever.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ivr.store.reviews import Said
from recordings.checks import letters

SURE = 6.63
"""The ratio from which chance alone would be wrong once in a hundred words (χ², one degree)."""
LEAST = 3  # talks in either time in which a word must be said to be told


@dataclass(frozen=True, slots=True)
class HotWord:
    """A word: in which share of the talks it is said `now` and was `before`, in how many now, and
    how sure it is that this is no chance (`ratio`)."""

    language: str
    word: str
    talks: int
    now: float
    before: float
    ratio: float

    @property
    def rises(self) -> bool:
        """Whether it is said more often than before."""
        return self.now > self.before


def hot_words(now: Iterable[Said], before: Iterable[Said]) -> list[HotWord]:
    """The words whose share of talks has changed, the surest first; each language by itself."""
    recent, earlier = _count(now), _count(before)
    found: list[HotWord] = []
    for language in recent.keys() & earlier.keys():
        (said, talks), (had, past) = recent[language], earlier[language]
        for word in said.keys() | had.keys():
            if max(said[word], had[word]) >= LEAST:
                ratio = _ratio(said[word], talks, had[word], past)
                if ratio >= SURE:
                    shares = (said[word] / talks, had[word] / past)
                    found.append(HotWord(language, word, said[word], *shares, ratio))
    return sorted(found, key=lambda one: (-one.ratio, one.language, one.word))


def _count(said: Iterable[Said]) -> dict[str, tuple[Counter[str], int]]:
    """By language, in how many talks each word is said, and how many talks there are."""
    talks: dict[str, dict[str, set[str]]] = {}
    for turn in said:
        talks.setdefault(turn.language, {}).setdefault(turn.recording, set()).update(_words(turn))
    return {
        language: (Counter(word for words in by_talk.values() for word in words), len(by_talk))
        for language, by_talk in talks.items()
    }


def _words(turn: Said) -> Iterator[str]:
    return (word for word in map(letters, turn.text.split()) if word and not word.isdecimal())


def _ratio(said: int, talks: int, had: int, past: int) -> float:
    """Dunning's G² of the two-by-two table of talks with and without the word, now and before."""
    whole = talks + past
    table = ((said, talks), (had, past), (talks - said, talks), (past - had, past))
    sums = (said + had, said + had, whole - said - had, whole - said - had)
    return 2 * sum(
        count * math.log(count * whole / (total * row))
        for (count, row), total in zip(table, sums, strict=True)
        if count
    )
