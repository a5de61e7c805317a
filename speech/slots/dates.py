"""Which days were named? Tomorrow, next Monday, the fifth of December, in three days."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from speech.slots.calendar_dates import calendar_dates_in, day_or_none
from speech.slots.calendar_words import CALENDAR, CalendarWords, alternatives
from speech.slots.found import Found, fullest
from speech.slots.kinds import Date
from speech.slots.number import Number
from speech.slots.numbers import numbers_in

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_WEEK = 7


def dates_in(text: str, language: str, kind: Date, today: date) -> list[Found]:
    """The days named, in the order of the sentence, the fuller wording of two that overlap."""
    words = CALENDAR.get(language)
    found = [*_iso(text)]
    if words is not None:
        found += calendar_dates_in(text, language, words, kind, today)
        found += _counted(text, language, words, today)
        found += _weekdays(text, language, words, kind, today)
        found += _near(text, language, words, today)
    return fullest(found)


def _iso(text: str) -> Iterator[Found]:
    for match in _ISO.finditer(text):
        day = day_or_none(int(match[1]), int(match[2]), int(match[3]))
        if day is not None:
            yield Found(day.isoformat(), match.start(), match.end())


def _near(text: str, language: str, words: CalendarWords, today: date) -> Iterator[Found]:
    pattern, values = alternatives(tuple(words.near.items()), language)
    for match in pattern.finditer(text):
        day = today + timedelta(days=values[match.lastgroup or ""])
        yield Found(day.isoformat(), match.start(), match.end())


def _weekdays(
    text: str, language: str, words: CalendarWords, kind: Date, today: date
) -> Iterator[Found]:
    pattern, values = alternatives(
        tuple((one, at) for at, one in enumerate(words.weekdays)), language
    )
    weeks = "|".join(f"(?P<w{at}>{said})" for at, said in enumerate(words.weeks))
    before = re.compile(rf"(?:{weeks})\s*$")
    shifts = list(words.weeks.values())
    for match in pattern.finditer(text):
        weekday = values[match.lastgroup or ""]
        said = before.search(text[: match.start()])
        start = match.start()
        if said and said.lastgroup:
            start, shift = said.start(), shifts[int(said.lastgroup[1:])]
            monday = today - timedelta(days=today.weekday())
            day = monday + timedelta(days=weekday + _WEEK * shift)
        elif kind.past:
            day = today - timedelta(days=(today.weekday() - weekday - 1) % _WEEK + 1)
        else:
            day = today + timedelta(days=(weekday - today.weekday() - 1) % _WEEK + 1)
        yield Found(day.isoformat(), start, match.end())


def _counted(text: str, language: str, words: CalendarWords, today: date) -> Iterator[Found]:
    """In three days, two weeks ago."""
    for number in (*numbers_in(text, language), *_single(text, language)):
        if not 0 < number.value <= 366 or number.value != int(number.value):
            continue
        for unit, days in ((words.week_unit, _WEEK), (words.day_unit, 1)):
            for (before, behind), sign in ((words.ahead, 1), (words.ago, -1)):
                span = _around(text, number, unit, before, behind)
                if span is not None:
                    day = today + timedelta(days=sign * days * int(number.value))
                    yield Found(day.isoformat(), *span)


def _single(text: str, language: str) -> Iterator[Number]:
    """The number one that is not said: a week ago, через неделю."""
    article = {"en": r"(?<!\w)an?(?=\s)", "ru": r"(?<!\w)(?=\w)"}.get(language)
    for match in re.finditer(article, text) if article else ():
        yield Number(Decimal(1), match.start(), match.end(), "", doubtful=True)


def _around(
    text: str, number: Number, unit: str, before: str, behind: str
) -> tuple[int, int] | None:
    unit_said = re.compile(rf"\s*(?:{unit})").match(text, number.end)
    if unit_said is None:
        return None
    if behind and (said := re.compile(rf"\s*(?:{behind})").match(text, unit_said.end())):
        return number.start, said.end()
    if before and (said_before := re.search(rf"(?<!\w)(?:{before})\s+$", text[: number.start])):
        return said_before.start(), unit_said.end()
    return None
