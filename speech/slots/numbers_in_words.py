"""Which numbers stand in a sentence whose numbers are words (English, Russian)?"""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from speech.slots.number import Number
from speech.slots.numerals import cardinals

# Thousands are parted by commas, in Russian by blanks.
_TOKEN = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|[^\W\d_]+")
_RUSSIAN_TOKEN = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:,[0-9]+)?|[0-9]+(?:[.,][0-9]+)?|[^\W\d_]+")
_CLOSE = re.compile(r"[\s\-\u2010-\u2015]*")
_REPEATED = {"double": 2, "triple": 3, "treble": 3}
_HALF = re.compile(r"\s+(?:and a half|с половиной)(?!\w)")
_ALONE = (0, 1)  # "oh" and "one" are often no numbers


@dataclass(slots=True)
class _Open:
    """A number that may go on: `room` is what the next word must be below."""

    start: int
    end: int
    dictated: str = ""
    total: Decimal = Decimal(0)
    group: Decimal = Decimal(0)
    room: float = 1000
    scale: float = 10**12
    words: int = 0
    point: str | None = None

    @property
    def value(self) -> Decimal:
        """What has been said so far."""
        fraction = Decimal(f"0.{self.point}") if self.point else Decimal(0)
        return self.total + self.group + fraction

    def closed(self) -> Number:
        """The number, now that nothing more belongs to it."""
        value = self.value
        dictated = self.dictated or f"{value.normalize():f}"
        doubtful = self.words == 1 and value in _ALONE
        return Number(value, self.start, self.end, dictated, doubtful)


def numbers_in_words(text: str, language: str) -> list[Number]:
    """All numbers of the folded sentence, from left to right."""
    reader = _Reader(text, language)
    tokens = list((_RUSSIAN_TOKEN if language == "ru" else _TOKEN).finditer(text))
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.start() >= reader.read_until:
            reader.take(token, following[0] if following else "")
    reader.close()
    return reader.found


class _Reader:
    """The words of a sentence, taken one by one, made into numbers."""

    def __init__(self, text: str, language: str) -> None:
        self.found: list[Number] = []
        self.read_until = 0
        self._text, self._language = text, language
        self._words = cardinals(language)
        self._open: _Open | None = None
        self._times = 0

    def take(self, token: re.Match[str], following: str) -> None:
        """Take the next word or figures; `following` is what comes after it."""
        said, worth = token[0], self._words.get(token[0])
        if self._open and not _CLOSE.fullmatch(self._text, self._open.end, token.start()):
            self.close()
        if said[0].isdecimal():
            self.close()
            self._open = _figure(token, self._language)
        elif said in _REPEATED and self._words.get(following, 10) < 10:
            self.close()
            self._open, self._times = _Open(token.start(), token.end()), _REPEATED[said]
        elif self._open and _goes_on(said, following, self._open, self._words):
            self._open.end = token.end()
        elif worth is None:
            self.close()
        elif self._open and self._times:
            digits = str(int(worth)) * self._times
            self.found.append(Number(Decimal(digits), self._open.start, token.end(), digits))
            self._open, self._times = None, 0
        else:
            self._add(token, worth)

    def close(self) -> None:
        """Nothing more belongs to the number that was open, if one was."""
        if self._open:
            self.found.append(self._open.closed())
        self._open, self._times = None, 0

    def _add(self, token: re.Match[str], worth: float) -> None:
        if self._open is None or not _add(self._open, worth, self._language):
            self.close()
            self._open = _Open(token.start(), token.end())
            _add(self._open, worth, self._language)
        self._open.end, self._open.words = token.end(), self._open.words + 1
        if half := _HALF.match(self._text, token.end()):
            self._open.group += Decimal("0.5")
            self._open.end = self.read_until = half.end()


def _figure(token: re.Match[str], language: str) -> _Open:
    plain = token[0].replace(" ", "")
    plain = plain.replace(",", "." if language == "ru" else "")
    digits = plain.replace(".", "")
    number = _Open(token.start(), token.end(), digits, group=Decimal(plain), room=0, words=2)
    if "." in plain:
        number.dictated = digits
    return number


def _goes_on(said: str, following: str, number: _Open, words: dict[str, float]) -> bool:
    """Whether a word that is no number stands within one: two hundred AND five, one POINT five."""
    if said == "and":
        return number.room in {100, 1000} and number.words > 0 and words.get(following, 100) < 100
    if said == "point" and words.get(following, 10) < 10 and number.point is None:
        number.point, number.room = "", 0
        return True
    return False


def _add(number: _Open, worth: float, language: str) -> bool:
    """Take one more word into the number; False where it begins another."""
    begun = number.words > 0
    if worth >= 1000:
        return _scale(number, worth)
    if number.point is not None:
        if worth < 10:
            number.point += str(int(worth))
        return worth < 10
    if worth == 100 and language == "en":
        if begun and not 0 < number.group < 100:
            return False
        number.group, number.room = (number.group or Decimal(1)) * 100, 100
        return True
    if begun and not 0 < worth < number.room:
        return False
    number.group += Decimal(str(worth))
    number.room = 0 if worth < 20 else 10 if worth < 100 else 100
    return True


def _scale(number: _Open, worth: float) -> bool:
    if worth >= number.scale or (number.words > 0 and not number.value):
        return False
    fraction = Decimal(f"0.{number.point}") if number.point else Decimal(0)
    number.total += (number.group + fraction or Decimal(1)) * int(worth)
    number.group, number.point, number.dictated = Decimal(0), None, ""
    number.room, number.scale = 1000, worth
    return True
