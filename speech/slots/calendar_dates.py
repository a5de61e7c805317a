"""Which days of the calendar were told? 十二月五号, the fifth of December, 25 декабря, 12월 25일."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from speech.slots.calendar_words import CalendarWords, alternatives
from speech.slots.found import Found
from speech.slots.kinds import Date
from speech.slots.number import Number
from speech.slots.numbers import numbers_in
from speech.slots.numerals import ordinals

_ORDINAL_ENDS = ("st", "nd", "rd", "th")


def calendar_dates_in(
    text: str, language: str, words: CalendarWords, kind: Date, today: date
) -> Iterator[Found]:
    """The days told by month and day, by day alone, or with a year."""
    numbers = [one for one in numbers_in(text, language) if one.value == int(one.value)]
    if words.months:
        yield from _with_month_names(text, language, words, kind, today)
        return
    after = {unit: re.compile(rf"\s*(?:{unit})") for unit in (words.month, words.day, words.year)}
    joined = _with_irregular(text, numbers) if language == "ko" else _joined(numbers)
    for at, number in enumerate(joined):
        month = after[words.month].match(text, number.end)
        following = joined[at + 1] if at + 1 < len(joined) else None
        if month and following and not text[month.end() : following.start].strip():
            told = int(following.value)
            day_said = after[words.day].match(text, following.end)
            if language == "ko" and not day_said and text[following.end - 1] == "일" and told > 1:
                told -= 1  # 십일 is read as 11, but the tenth when it is a day
            end = day_said.end() if day_said else following.end
            year, start = _year_before(text, joined[:at], number, after[words.year])
            day = _placed(told, int(number.value), year, kind, today)
            if day is not None:
                yield Found(day.isoformat(), start, end)
        elif language != "ko" and (said := after[words.day].match(text, number.end)):
            if language == "ja" and text[said.end() : said.end() + 1] in ("間", "後", "前"):
                continue
            day = _placed(int(number.value), None, None, kind, today)
            if day is not None:
                yield Found(day.isoformat(), number.start, said.end())


def _with_irregular(text: str, numbers: list[Number]) -> list[Number]:
    """Korean says June and October as 유월 and 시월, not with the numerals for 6 and 10."""
    more = [
        Number(Decimal(value), match.start(), match.end(), str(value))
        for said, value in (("유", 6), ("시", 10))
        for match in re.finditer(rf"(?<!\w){said}(?=월)", text)
    ]
    return sorted((*numbers, *more), key=lambda one: one.start)


def _joined(numbers: list[Number]) -> list[Number]:
    """Years told digit by digit (二零二六年) made one number."""
    result: list[Number] = []
    for number in numbers:
        if result and result[-1].end == number.start and len(result[-1].dictated) < 4:
            last = result[-1]
            digits = last.dictated + number.dictated
            result[-1] = Number(Decimal(digits), last.start, number.end, digits)
        else:
            result.append(number)
    return result


def _year_before(
    text: str, before: list[Number], month: Number, unit: re.Pattern[str]
) -> tuple[int | None, int]:
    if before and (said := unit.match(text, before[-1].end)):
        year = int(before[-1].value)
        if not text[said.end() : month.start].strip() and 2000 <= year < 2100:
            return year, before[-1].start
    return None, month.start


def _with_month_names(
    text: str, language: str, words: CalendarWords, kind: Date, today: date
) -> Iterator[Found]:
    """The fifth of December, December 5th 2026, пятого декабря."""
    names, values = alternatives(
        tuple((one, at + 1) for at, one in enumerate(words.months)), language
    )
    days = list(_days_told(text, language))
    for match in names.finditer(text):
        month = values[match.lastgroup or ""]
        for told, start, end in days:
            before = re.fullmatch(r"\s*(?:of)?\s*", text[end : match.start()])
            behind = re.fullmatch(r"\s*(?:the)?\s*", text[match.end() : start])
            if not (end <= match.start() and before) and not (start >= match.end() and behind):
                continue
            first, last = min(start, match.start()), max(end, match.end())
            year = re.compile(r"[\s,]*(20\d\d)(?!\d)").match(text, last)
            day = _placed(told, month, int(year[1]) if year else None, kind, today)
            if day is not None:
                yield Found(day.isoformat(), first, year.end() if year else last)
                break
    for told, start, end in days:
        ordinal = language == "en" and text[start:end].endswith(_ORDINAL_ENDS)
        if ordinal and re.search(r"\bthe\s+$", text[:start]):
            day = _placed(told, None, None, kind, today)
            if day is not None:
                yield Found(day.isoformat(), start, end)


def _days_told(text: str, language: str) -> Iterator[tuple[int, int, int]]:
    """Days of the month that could be meant: the number, and where it stands; ordinals first."""
    known = ordinals(language)
    numbers = numbers_in(text, language)
    for match in re.finditer(r"[^\W\d_]+|(\d{1,2})(?:st|nd|rd|th|-?(?:го|ого|е|ое))?(?!\w)", text):
        if match[1]:
            yield int(match[1]), match.start(), match.end()
        elif match[0] in known:
            value, start = known[match[0]], match.start()
            for number in numbers:
                near = re.fullmatch(r"[\s\-]+", text[number.end : start])
                if near and number.value in {20, 30} and value < 10:
                    value, start = value + int(number.value), number.start
            yield value, start, match.end()
    for number in numbers:
        if number.value == int(number.value) and 1 <= number.value <= 31:
            yield int(number.value), number.start, number.end


def _placed(day: int, month: int | None, year: int | None, kind: Date, today: date) -> date | None:
    """The nearest such day to come, or in the past if wanted; None where there is none."""
    if year is not None and month is not None:
        return day_or_none(year, month, day)
    step = -1 if kind.past else 1
    for away in range(0, 8 * 12 + 1):  # a 29 February is at most eight years off
        months = today.year * 12 + today.month - 1 + step * away
        there, in_month = divmod(months, 12)
        if month is not None and in_month + 1 != month:
            continue
        placed = day_or_none(there, in_month + 1, day)
        if placed is not None and (placed <= today if kind.past else placed >= today):
            return placed
    return None


def day_or_none(year: int, month: int, day: int) -> date | None:
    """That day, if the calendar has it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
