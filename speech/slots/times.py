"""Which times of the day were named? Three o'clock, 下午三点半, в три часа дня, 오후 두 시."""

import re
from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from typing import NamedTuple

from speech.slots.found import Found, fullest
from speech.slots.number import Number
from speech.slots.numbers import numbers_in

_CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_FIRST_HOUR = 8  # who says "at three" means the afternoon: nobody keeps an appointment at night


class TimeWords(NamedTuple):
    """Patterns of what stands around an hour; with `part_behind` the part of the day follows it."""

    parts: dict[str, str]
    hour: str
    minute: str
    half: str
    quarter: str
    fixed: dict[str, str]
    part_behind: bool = False


_PM, _AM, _NIGHT = "pm", "am", "night"
TIMES: dict[str, TimeWords] = {
    "zh": TimeWords(
        parts={"下午|傍晚|午后": _PM, "早上|上午|早晨|清晨|凌晨|一早": _AM,
               "晚上|今晚|明晚|夜里|晚": _NIGHT,
               "中午": _PM},
        hour="点钟?|时", minute="分", half="半", quarter="一刻|三刻",
        fixed={"正午": "12:00", "半夜十二点": "00:00"},
    ),
    "ja": TimeWords(
        parts={"午後|夕方": _PM, "午前|朝|早朝": _AM, "夜|晩|今晩|今夜": _NIGHT, "昼の?": _PM},
        hour="時", minute="分", half="半", quarter="(?!)",
        fixed={"正午": "12:00", "真夜中": "00:00"},
    ),
    "ko": TimeWords(
        parts={"오후|낮": _PM, "오전|아침|새벽": _AM, "저녁|밤": _NIGHT},
        hour="시", minute="분", half="반", quarter="(?!)",
        fixed={"정오": "12:00", "자정": "00:00"},
    ),
    "en": TimeWords(
        parts={r"p\.?\s?m\.?|in the afternoon|in the evening|this afternoon|this evening": _PM,
               r"a\.?\s?m\.?|in the morning|this morning": _AM, r"at night|tonight": _NIGHT},
        hour=r"o'?\s?clock|sharp", minute="minutes?", half="half past", quarter="quarter",
        fixed={"noon|midday": "12:00", "midnight": "00:00"}, part_behind=True,
    ),
    "ru": TimeWords(
        parts={"дня|вечера": _PM, "утра": _AM, "ночи": _NIGHT},
        hour=r"час(?:а|ов)?", minute=r"минут\w?", half="половин[ауые]|пол", quarter="четверт[ьи]",
        fixed={"полдень|в полдень": "12:00", "полночь|в полночь": "00:00"}, part_behind=True,
    ),
}  # fmt: skip
# Korean hours are counted with the old numerals, minutes with the Chinese ones.
_KOREAN_HOURS = {
    **{"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9},
    **{"열": 10, "열한": 11, "열두": 12},
}
# The hour that half is on its way to: полтретьего, половина третьего is 2:30.
_RUSSIAN_NEXT_HOUR = (
    *("первого", "второго", "третьего", "четвертого", "пятого", "шестого", "седьмого"),
    *("восьмого", "девятого", "десятого", "одиннадцатого", "двенадцатого"),
)
# What may follow a bare hour; anything else could be what is counted, as in "at three branches".
_ENDS_HERE = re.compile(
    r"\s*(?:$|[,.;!?]|(?:on|and|please|today|tomorrow|this|next|mon|tue|wed|thu|fri|sat|sun|"
    r"и|в|на|завтра|сегодня|пожалуйста)\w*)"
)


def times_in(text: str, language: str) -> list[Found]:
    """The times named, in the order of the sentence, the fuller wording of two that overlap."""
    words = TIMES.get(language)
    found = [_clock(text, match, words) for match in _CLOCK.finditer(text)]
    if words is not None:
        for said, value in words.fixed.items():
            found += [Found(value, *one.span()) for one in re.finditer(rf"(?<!\w)(?:{said})", text)]
        found += _before_and_past(text, language, words)
        if words.part_behind:
            found += _spaced(text, language, words)
        else:
            found += _written(text, language, words)
    return fullest(found)


def _clock(text: str, match: re.Match[str], words: TimeWords | None) -> Found:
    hour, minute = int(match[1]), int(match[2])
    start, end, part = _part(text, match.start(), match.end(), words)
    if part is not None and hour <= 12:
        hour = _hour(hour, part)
    return Found(time(hour, minute).isoformat("minutes"), start, end)


def _part(text: str, start: int, end: int, words: TimeWords | None) -> tuple[int, int, str | None]:
    """The part of the day that stands before or behind, and where all of it begins and ends."""
    if words is None:
        return start, end, None
    for said, part in words.parts.items():
        if words.part_behind:
            if behind := re.compile(rf"\s*(?:{said})(?!\w)").match(text, end):
                return start, behind.end(), part
            if before := re.search(rf"(?<!\w)(?:{said})\s+(?:at\s+|в\s+)?$", text[:start]):
                return before.start(), end, part
        elif before := re.search(rf"(?:{said})的?の?\s*$", text[:start]):
            return before.start(), end, part
    return start, end, None


def _hour(hour: int, part: str | None) -> int:
    match part:
        case "am":
            return hour % 12
        case "pm":
            return hour + 12 if 1 <= hour < 12 else hour
        case "night":  # one or two at night is after midnight, ten before it
            return hour % 12 if hour == 12 or hour < 5 else hour + 12 if hour < 12 else hour
    return hour + 12 if 1 <= hour < _FIRST_HOUR else hour % 24


def _told(
    text: str, start: int, end: int, hour: int, minute: int, words: TimeWords
) -> Iterator[Found]:
    if 0 <= hour <= 24 and 0 <= minute < 60:
        start, end, part = _part(text, start, end, words)
        value = time(_hour(hour, part) % 24, minute).isoformat("minutes")
        yield Found(value, start, end)


def _written(text: str, language: str, words: TimeWords) -> Iterator[Found]:
    """An hour with its sign behind it: 三点, 3時, 두 시; then perhaps half, quarter or minutes."""
    numbers = numbers_in(text, language)
    hour_sign = re.compile(rf"\s*(?:{words.hour})")
    hours = [(one.start, one.end, int(one.value)) for one in numbers if one.value == int(one.value)]
    if language == "ko":
        old = "|".join(sorted(_KOREAN_HOURS, key=len, reverse=True))
        pattern = re.compile(rf"(?<![가-힣])({old})")
        hours += [(m.start(), m.end(), _KOREAN_HOURS[m[1]]) for m in pattern.finditer(text)]
    for start, end, hour in hours:
        sign = hour_sign.match(text, end)
        if sign is None:
            continue
        minute, until = _minutes(text, sign.end(), numbers, words)
        yield from _told(text, start, until, hour, minute, words)


def _minutes(
    text: str, place: int, numbers: tuple[Number, ...], words: TimeWords
) -> tuple[int, int]:
    if half := re.compile(rf"\s*(?:{words.half})").match(text, place):
        return 30, half.end()
    if quarter := re.compile(rf"\s*({words.quarter})").match(text, place):
        return (15 if quarter[1] == "一刻" else 45), quarter.end()
    for number in numbers:
        if number.start >= place and not text[place : number.start].strip() and number.value < 60:
            sign = re.compile(rf"\s*(?:{words.minute})").match(text, number.end)
            if sign or not number.doubtful:
                return int(number.value), sign.end() if sign else number.end
    return 0, place


def _spaced(text: str, language: str, words: TimeWords) -> Iterator[Found]:
    """At three, three thirty, three p.m., в три часа дня, в пятнадцать тридцать."""
    numbers = [one for one in numbers_in(text, language) if one.value == int(one.value)]
    hour_sign = re.compile(rf"\s*(?:{words.hour})(?!\w)")
    at = re.compile(r"(?<!\w)(?:at|by|around|about|after|before|until|в|к|около|до|после|с)\s+$")
    for place, number in enumerate(numbers):
        if not 0 <= number.value <= 24:
            continue
        hour, start, end, minute = int(number.value), number.start, number.end, 0
        sign = hour_sign.match(text, end)
        end = sign.end() if sign else end
        following = numbers[place + 1] if place + 1 < len(numbers) else None
        if following and not text[end : following.start].strip() and following.value < 60:
            with_sign = re.compile(rf"\s*(?:{words.minute})(?!\w)").match(text, following.end)
            if with_sign or following.value >= 10:
                minute = int(following.value)
                end = with_sign.end() if with_sign else following.end
        elif following and re.fullmatch(r"\s+o[h']?\s+", text[end : following.start]):
            minute, end = int(following.value), following.end
        part = _part(text, start, end, words)[2]
        clear = sign or part or (at.search(text[:start]) and _ENDS_HERE.match(text, end))
        if clear or (minute and at.search(text[:start])):
            yield from _told(text, start, end, hour, minute, words)


def _before_and_past(text: str, language: str, words: TimeWords) -> Iterator[Found]:
    """Half past three, a quarter to four, полтретьего, без четверти три."""
    if language == "en":
        yield from _english_shifts(text, words)
    elif language == "ru":
        yield from _russian_shifts(text, words)


def _english_shifts(text: str, words: TimeWords) -> Iterator[Found]:
    numbers = {one.start: one for one in numbers_in(text, "en")}
    pattern = r"(?<!\w)(?:(half)|((?:a )?quarter)|\S+(?: minutes)?) (past|to|after) |(?<!\w)half "
    for match in re.finditer(pattern, text):
        hour, said = numbers.get(match.end()), numbers.get(match.start())
        minutes = (
            30
            if match[0].startswith("half")
            else 15
            if match[2]
            else int(said.value)
            if said
            else None
        )
        if hour is not None and minutes is not None and 1 <= hour.value <= 12:
            sign = -1 if match[3] == "to" else 1
            yield _shifted(text, match.start(), hour, sign * minutes, words)


def _russian_shifts(text: str, words: TimeWords) -> Iterator[Found]:
    for at, name in enumerate(_RUSSIAN_NEXT_HOUR, start=1):
        for match in re.finditer(rf"(?<!\w)(?:пол|половин[ауые] )\s?{name}(?!\w)", text):
            half_to = Number(Decimal(at), match.start(), match.end(), "")
            yield _shifted(text, match.start(), half_to, -30, words)
    numbers = {one.start: one for one in numbers_in(text, "ru")}
    for match in re.finditer(r"(?<!\w)без (четверт\w+|\w+) (?:минут )?", text):
        hour, said = numbers.get(match.end()), numbers.get(match.start(1))
        quarter = match[1].startswith("четверт")
        minutes = 15 if quarter else int(said.value) if said else None
        if hour is not None and minutes is not None and 1 <= hour.value <= 12:
            yield _shifted(text, match.start(), hour, -minutes, words)


def _shifted(text: str, start: int, hour: Number, minutes: int, words: TimeWords) -> Found:
    start, end, part = _part(text, start, hour.end, words)
    in_day = (_hour(int(hour.value), part) * 60 + minutes) % (24 * 60)
    return Found(time(*divmod(in_day, 60)).isoformat("minutes"), start, end)
