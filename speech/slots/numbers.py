"""Which numbers stand in a sentence, in words or in figures?

Several may follow each other: "twelve thirty four" is two of them, "thirty four" is one.
"""

from functools import lru_cache

from speech.slots.number import Number
from speech.slots.numbers_in_characters import CHARACTERS, numbers_in_characters
from speech.slots.numbers_in_words import numbers_in_words


@lru_cache(maxsize=64)  # amounts, dates and times of one sentence all ask
def numbers_in(text: str, language: str) -> tuple[Number, ...]:
    """All numbers of the folded sentence, from left to right."""
    return read_numbers(text, language)


def read_numbers(text: str, language: str) -> tuple[Number, ...]:
    """The same, and nothing of it is remembered: for what is long, or may be a secret."""
    if language in CHARACTERS:
        return tuple(numbers_in_characters(text, language))
    return tuple(numbers_in_words(text, language))
