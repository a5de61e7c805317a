"""How is a word that a recognizer does not know said with words that it does?

A model knows only the words of its own vocabulary, and drops others from a grammar with no more than
a line on stderr. Korean, which glues endings to words, is full of such others: of 83 words of a
bank's phrases the Korean model lacked 30, and every one could be put together from words it has.
"""

import unicodedata
from collections.abc import Callable

LONGEST = 40
"""Characters; a longer word is not taken apart."""
SHORTEST = 3
"""Letters of a piece, where a letter is not a syllable: of "zx" nothing comes by saying z and x."""
_SYLLABIC = "\u2e80"
"""From here on Unicode has the scripts of China, Japan and Korea."""


def words(phrase: str) -> list[str]:
    """The words of a phrase as vocabularies spell them: small letters, no punctuation."""
    kept = (
        letter if letter.isalnum() or letter == "'" or unicodedata.combining(letter) else " "
        for letter in unicodedata.normalize("NFC", phrase).replace("’", "'").casefold()
    )
    return "".join(kept).split()


def pieces(word: str, known: Callable[[str], bool]) -> list[str] | None:
    """The fewest known words that spell `word` when joined; None if there are none."""
    if known(word):
        return [word]
    if len(word) > LONGEST:
        return None
    best: list[list[str] | None] = [[]]
    for end in range(1, len(word) + 1):
        found = [
            [*before, word[start:end]]
            for start, before in enumerate(best)
            if before is not None and _speakable(word[start:end]) and known(word[start:end])
        ]
        best.append(min(found, key=len, default=None))
    return best[-1]


def _speakable(piece: str) -> bool:
    return piece[0] >= _SYLLABIC or len(piece) >= SHORTEST


def spelled(phrase: str, known: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """`phrase` in known words, and those of its words for which there are none."""
    said: list[str] = []
    unknown: list[str] = []
    for word in words(phrase):
        found = pieces(word, known)
        if found is None:
            unknown.append(word)
        else:
            said += found
    return said, unknown
