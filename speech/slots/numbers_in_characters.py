"""Which numbers stand in a sentence whose numbers are characters (Chinese, Japanese, Korean)?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from string import digits

from speech.slots.number import Number

_KANJI = (
    "一1 二2 三3 四4 五5 六6 七7 八8 九9 〇0 零0 十10 百100 千1000 万10000 亿100000000 億100000000"
)
# What every character or syllable is worth. Korean ones begin and are parts of many words, and so
# are Japanese readings: alone they are doubtful.
CHARACTERS: dict[str, str] = {
    "zh": f"{_KANJI} 两2 幺1 ○0 萬10000 拾10 佰100 仟1000 壹1 贰2 叁3 肆4 伍5 陆6 柒7 捌8 玖9 俩2 洞0",
    "ja": f"{_KANJI} いち1 ぜろ0 ゼロ0 れい0 まる0 さん3 よん4 ろく6 なな7 しち7 はち8 きゅう9 きゅー9 "
    "じゅう10 ひゃく100 びゃく100 ぴゃく100 せん1000 ぜん1000 まん10000 に2 ご5 し4 く9",
    "ko": "영0 공0 일1 이2 삼3 사4 오5 육6 륙6 칠7 팔8 구9 빵0 하나1 둘2 십10 백100 천1000 만10000 "
    "억100000000",
}
_FIGURES = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_BLANK = re.compile(r"[ \t]?")
_BIG = 10_000
# 三个五 (three times five) dictates 555.
_TIMES = re.compile(r"个\s?")


@dataclass(frozen=True, slots=True)
class _Part:
    """A character, or a number in figures, and its worth."""

    worth: Decimal
    start: int
    end: int
    figures: str = ""


@dataclass(slots=True)
class _Open:
    """A number that may go on."""

    start: int
    end: int
    total: Decimal = Decimal(0)  # what is counted in 万 and more
    section: Decimal = Decimal(0)  # what is counted in 十, 百, 千 since
    pending: _Part | None = None  # what has not been multiplied yet
    least: int = 0  # the last multiplier
    zero: bool = False  # after a 零 within the number
    parts: int = 0

    def closed(self, language: str) -> Number:
        """The number, now that nothing more belongs to it."""
        last = self.pending.worth if self.pending else Decimal(0)
        if language == "zh" and 0 < last < 10 and self.least >= 100 and not self.zero:
            last = last * self.least / 10  # 三千五 is 3500
        value = self.total + self.section + last
        dictated = f"{value.normalize():f}"
        figures = self.pending.figures if self.pending and self.parts == 1 else ""
        return Number(
            value,
            self.start,
            self.end,
            figures.replace(",", "").replace(".", "") or dictated,
            doubtful=self.parts == 1 and not figures,
        )


def numbers_in_characters(text: str, language: str) -> Iterator[Number]:
    """All numbers of the folded sentence, from left to right."""
    number: _Open | None = None
    before: Number | None = None
    for part in _parts(text, language):
        if number is not None:
            near = _BLANK.fullmatch(text, number.end, part.start)
            if near and _take(number, part, language):
                continue
            closed = number.closed(language)
            if before is not None:
                yield before
            before = closed
            times = _TIMES.fullmatch(text, closed.end, part.start)
            if language == "zh" and times and part.worth < 10 and 1 <= closed.value <= 8:
                digits = str(int(part.worth)) * int(closed.value)
                before = Number(Decimal(digits), closed.start, part.end, digits)
                number = None
                continue
        number = _begun(part, language)
    if before is not None:
        yield before
    if number is not None:
        yield number.closed(language)


def _begun(part: _Part, language: str) -> _Open | None:
    number = _Open(part.start, part.end)
    # 千万别 is no ten million: in Chinese only 十 begins a number without a digit before it.
    if language == "zh" and not part.figures and part.worth >= 100:
        return None
    return number if _take(number, part, language) else None


def _take(number: _Open, part: _Part, language: str) -> bool:
    """Take one more part into the number; False where it begins another."""
    worth = int(part.worth)
    if part.figures or worth < 10:
        if number.pending is not None or (number.parts and part.figures and not number.least):
            return False
        if worth == 0 and not part.figures and number.least:
            number.zero = True
        else:
            number.pending = part
    elif worth < _BIG:
        if number.least and worth >= number.least and number.least < _BIG:
            return False
        if number.least >= _BIG and number.pending is None and language == "zh":
            return False
        number.section += _multiplied(number) * worth
        number.pending, number.least, number.zero = None, worth, False
    else:
        if number.total and number.least >= _BIG and number.pending is None:
            number.total *= worth  # 一万亿
        else:
            below = number.section + (number.pending.worth if number.pending else 0)
            number.total += (below or 1) * worth
        number.section, number.pending = Decimal(0), None
        number.least, number.zero = worth, False
    number.end, number.parts = part.end, number.parts + 1
    return True


def _multiplied(number: _Open) -> Decimal:
    return number.pending.worth if number.pending else Decimal(1)


def _parts(text: str, language: str) -> Iterator[_Part]:
    worths, pattern = _known(language)
    for match in pattern.finditer(text):
        if match[0][0] in digits:
            worth = Decimal(match[0].replace(",", ""))
            yield _Part(worth, match.start(), match.end(), match[0])
        elif (
            language != "ko"
            or _begins_word(text, match.start())
            or _after_part(text, match, worths)
        ):
            yield _Part(Decimal(worths[match[0]]), match.start(), match.end())


def _begins_word(text: str, start: int) -> bool:
    return start == 0 or not text[start - 1].isalpha()


def _after_part(text: str, match: re.Match[str], worths: dict[str, int]) -> bool:
    """Whether what stands before is a part of the number, too: then this may be one within a word."""
    start = match.start()
    while start > 0 and text[start - 1] in worths:
        start -= 1
    return start < match.start() and _begins_word(text, start)


@lru_cache(maxsize=8)
def _known(language: str) -> tuple[dict[str, int], re.Pattern[str]]:
    worths: dict[str, int] = {}
    for entry in CHARACTERS[language].split():
        word = entry.rstrip("0123456789")
        worths[word] = int(entry[len(word) :])
    longest_first = "|".join(sorted(map(re.escape, worths), key=len, reverse=True))
    return worths, re.compile(f"{_FIGURES.pattern}|{longest_first}")
