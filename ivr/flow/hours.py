"""When is the hotline open? Weekly hours, public holidays and special days.

Holidays come from the package `holidays`; it also knows China's make-up workdays, weekend days on
which the country works in exchange for a longer holiday: those have Monday's hours.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

import holidays
from pydantic import BeforeValidator, Field

from ivr.flow.fields import Model, wrong

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Minutes = int  # since midnight
Spans = tuple[tuple[Minutes, Minutes], ...]  # half-open, within one day; empty means closed

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def _spans(value: Any, at: tuple[str, ...] = ()) -> Spans:
    if value == "closed":
        return ()
    if not isinstance(value, str):
        raise wrong('hours such as "08:30-20:00", or closed,', value, at)
    spans: list[tuple[Minutes, Minutes]] = []
    for part in value.split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise wrong('hours such as "08:30-20:00", or closed,', value, at)
        start, end = (int(match[i]) * 60 + int(match[i + 1]) for i in (1, 3))
        if not (start < end <= 24 * 60):
            raise wrong('an opening before its closing, at most "24:00",', value, at)
        spans.append((start, end))
    return tuple(spans)


def _week(value: Any) -> dict[str, Spans]:
    if not isinstance(value, dict):
        raise wrong("days with their hours, such as mon-fri", value)
    week: dict[str, Spans] = {}
    for key, hours in value.items():
        first, _, last = key.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise wrong(f"days ({', '.join(DAYS)}, or mon-fri)", key, (key,))
        a, b = DAYS.index(first), DAYS.index(last or first)
        for day in DAYS[a : b + 1] if a <= b else DAYS[a:] + DAYS[: b + 1]:
            week[day] = _spans(hours, (key,))
    return week


def _special(value: Any) -> dict[date, Spans]:
    if not isinstance(value, dict):
        raise wrong("dates with their hours", value)
    special: dict[date, Spans] = {}
    for key, hours in value.items():
        try:
            day = date.fromisoformat(key)
        except ValueError:
            raise wrong("a date such as 2026-12-31", key, (key,)) from None
        special[day] = _spans(hours, (key,))
    return special


def _holidays(value: Any) -> Spans | Literal["as usual"]:
    return "as usual" if value == "as usual" else _spans(value)


class Hours(Model):
    """Opening hours. `holidays` is closed, hours of their own, or "as usual"."""

    open: Annotated[dict[str, Spans], BeforeValidator(_week)]
    holidays: Annotated[Spans | Literal["as usual"], BeforeValidator(_holidays)] = ()
    special: Annotated[dict[date, Spans], BeforeValidator(_special)] = Field({})

    def spans(self, day: date, country: str) -> Spans:
        """The hours of one day: special days first, then holidays, then the week."""
        if day in self.special:
            return self.special[day]
        if self.holidays != "as usual":
            match _day_off(country, day):
                case "holiday":
                    return self.holidays
                case "made up":
                    return self.open.get("mon", ())
        return self.open.get(DAYS[day.weekday()], ())

    def is_open(self, at: datetime, country: str) -> bool:
        """Whether `at` (in the hotline's time zone) is within the hours."""
        minute = at.hour * 60 + at.minute
        return any(start <= minute < end for start, end in self.spans(at.date(), country))

    def next_opening(self, at: datetime, country: str) -> datetime | None:
        """The next moment from `at` on at which the hours begin; None within the next 60 days."""
        for ahead in range(60):
            day = at.date() + timedelta(days=ahead)
            for start, _ in self.spans(day, country):
                moment = datetime.combine(day, time(start // 60, start % 60), at.tzinfo)
                if moment >= at:
                    return moment
        return None


@lru_cache(maxsize=1024)
def _day_off(country: str, day: date) -> Literal["holiday", "made up"] | None:
    """Whether a day is a public holiday, or a day of the weekend that is worked for one."""
    calendar = _calendar(country, day.year)
    if day in calendar or _between_holidays(day, calendar):
        return "holiday"
    if day.weekday() >= 5 and calendar.is_working_day(day):
        return "made up"
    return None


def _between_holidays(day: date, calendar: holidays.HolidayBase) -> bool:
    # A calendar of public holidays leaves out the weekend in the middle of a holiday week.
    if day.weekday() < 5 or calendar.is_working_day(day):
        return False
    friday = day - timedelta(days=day.weekday() - 4)
    return friday in calendar and friday + timedelta(days=3) in calendar


@lru_cache(maxsize=64)
def _calendar(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year)
