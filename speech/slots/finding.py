"""Which of the things that are wanted were named in a sentence?"""

from collections.abc import Iterator, Mapping
from datetime import date

from speech.slots.amounts import amounts_in
from speech.slots.choices import choices_in
from speech.slots.dates import dates_in
from speech.slots.digits import digits_in
from speech.slots.found import Found
from speech.slots.heard import Heard
from speech.slots.kinds import Amount, Choice, Date, Digits, Kind, Name, SlotValue, Time, YesNo
from speech.slots.names import names_in
from speech.slots.times import times_in
from speech.slots.yes_no import yes_or_no_in

WRITTEN_AS = {"yue": "zh"}
LONGEST = 300  # characters of a sentence that are searched
# The surest first: what is named by a word, then what has a unit, then bare numbers.
_RANK: dict[type[Kind], int] = {
    Choice: 0,
    Name: 1,
    Date: 2,
    Time: 3,
    Amount: 5,
    Digits: 5,
    YesNo: 6,
}
_WITH_UNIT = 4


def find(text: str, language: str, wanted: Mapping[str, Kind], today: date) -> dict[str, SlotValue]:
    """What of `wanted`, a kind for each name, is in `text`; what is not there is left out.

    No part of the sentence serves twice, and what stands within a day or a time is no other number.
    Of two slots of one kind the first gets what is said first. Days are counted from `today`.
    """
    heard = Heard.of(text[:LONGEST])
    language = WRITTEN_AS.get(language, language)
    taken: list[Found] = []
    values: dict[str, SlotValue] = {}
    for rank, name, kind in _order(wanted):
        if name in values:
            continue
        numeric = isinstance(kind, Digits | Amount)
        for found in _candidates(heard.text, language, kind, today):
            if rank == _WITH_UNIT and found.unit is None:
                continue
            blocked = any(found.overlaps(other) for other in taken)
            if blocked or (
                numeric and found.unit is None and _is_moment(heard.text, language, found, today)
            ):
                continue
            taken.append(found)
            start, end = heard.given_span(found.start, found.end)
            values[name] = SlotValue(found.value, start, end, text[start:end], found.unit)
            break
    return {name: values[name] for name in wanted if name in values}


def _order(wanted: Mapping[str, Kind]) -> list[tuple[int, str, Kind]]:
    """What to look for first. Sums come twice: what has a currency is no card's number."""
    asked: list[tuple[int, str, Kind]] = [
        (_RANK[type(kind)], name, kind) for name, kind in wanted.items()
    ]
    asked += [(_WITH_UNIT, name, kind) for name, kind in wanted.items() if isinstance(kind, Amount)]
    return sorted(asked, key=lambda one: one[0])


def _candidates(text: str, language: str, kind: Kind, today: date) -> Iterator[Found]:
    match kind:
        case Choice():
            yield from choices_in(text, kind)
        case Name():
            yield from names_in(text, kind)
        case YesNo():
            yield from yes_or_no_in(text, language, kind)
        case Date():
            yield from dates_in(text, language, kind, today)
        case Time():
            yield from times_in(text, language)
        case Amount():
            yield from amounts_in(text, language, kind)
        case Digits():
            yield from digits_in(text, language, kind)


def _is_moment(text: str, language: str, found: Found, today: date) -> bool:
    """Whether a bare number is within a day or a time that was named."""
    moments = (*dates_in(text, language, Date(), today), *times_in(text, language))
    return any(
        found.overlaps(one) and one.end - one.start > found.end - found.start for one in moments
    )
