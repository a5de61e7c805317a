"""Which words are numbers? For languages with blanks, every form that num2words writes, inverted."""

from functools import lru_cache
from itertools import product

from num2words import num2words

TAUGHT = ("en", "ru")
_ONES = (*range(21), *range(30, 100, 10))
_HUNDREDS = range(100, 1000, 100)
_SCALES = (10**3, 10**6, 10**9)
_CASES = ("n", "g", "d", "a", "i", "p")  # of Russian
_GENDERS = ("m", "f", "n")
# What people say besides: letters for zero, and halves that are numbers of their own.
_SPOKEN: dict[str, dict[str, float]] = {
    "en": {"oh": 0, "o": 0, "nought": 0, "nil": 0},
    "ru": {"нолик": 0, "ноль": 0, "нуль": 0, "раз": 1, "полтора": 1.5, "полторы": 1.5, "тыща": 1000,
           "тыщи": 1000, "тыщ": 1000, "тыс": 1000, "млн": 10**6},
}  # fmt: skip


@lru_cache(maxsize=8)
def cardinals(language: str) -> dict[str, float]:
    """The single words of cardinal numbers and what each is worth; ё is written е."""
    words: dict[str, float] = {}
    if language not in TAUGHT:
        return words
    if language == "ru":
        for value, case, gender in product((*_ONES, *_HUNDREDS), _CASES, _GENDERS):
            _add(words, num2words(value, lang="ru", case=case, gender=gender), value)
        for scale, case, count in product(_SCALES, _CASES, (1, 2, 5)):
            said = num2words(count * scale, lang="ru", case=case).split()[-1]
            _add(words, said, scale)
    else:
        for value in _ONES:
            _add(words, num2words(value, lang=language), value)
        for value in (100, *_SCALES):
            _add(words, num2words(value, lang=language).split()[-1], value)
    return words | _SPOKEN.get(language, {})


@lru_cache(maxsize=8)
def ordinals(language: str) -> dict[str, int]:
    """The single words of ordinal numbers up to the thirtieth: fifth, пятого."""
    words: dict[str, float] = {}
    for value in (*range(1, 21), 30) if language in TAUGHT else ():
        if language == "ru":
            for case, gender in product(_CASES, _GENDERS):
                _add(words, num2words(value, "ordinal", lang="ru", case=case, gender=gender), value)
        else:
            _add(words, num2words(value, to="ordinal", lang=language), value)
    return {word: int(value) for word, value in words.items()}


def _add(words: dict[str, float], said: str, value: float) -> None:
    word = said.replace("ё", "е")
    if " " not in word:
        words.setdefault(word, value)
