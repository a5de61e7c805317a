"""Which traits of a sentence tell intents apart? Words, pairs of words, and runs of characters.

Words 1–2 and characters 2–5 within words, characters 1–3 where the script has no blanks.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from speech.sentences import is_unspaced, plain

RUNS = (2, 3, 4, 5)
UNSPACED_RUNS = (1, 2, 3)
# Shares of a row's length, squared they make 1: runs of characters count two and a quarter times.
WORDS, CHARACTERS = 0.5547, 0.8321


class Traits:
    """TF-IDF weights learned from the example sentences."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._parts = [
            (share, TfidfVectorizer(analyzer=analyzer, sublinear_tf=True).fit([*sentences]))
            for share, analyzer in ((WORDS, _words), (CHARACTERS, _characters))
        ]

    def of(self, sentences: Sequence[str]) -> csr_matrix:
        """One row of length 1 for each sentence; shorter where it has traits no example has."""
        rows = [part.transform(sentences) * share for share, part in self._parts]
        return hstack(rows, format="csr")


def _words(sentence: str) -> Iterator[str]:
    words = plain(sentence).split()
    yield from words
    yield from (f"{one} {two}" for one, two in pairwise(words))


def _characters(sentence: str) -> Iterator[str]:
    words = plain(sentence).split()
    for word in words:
        unspaced = is_unspaced(word)
        padded = word if unspaced else f" {word} "
        for length in UNSPACED_RUNS if unspaced else RUNS:
            yield from (padded[at : at + length] for at in range(len(padded) - length + 1))
