"""Which of the things that are wanted were named in a sentence?"""

from collections.abc import Iterator, Mapping
from datetime import date

from speech.slots.choices import choices_in
from speech.slots.found import Found
from speech.slots.heard import Heard
from speech.slots.kinds import Choice, Kind, SlotValue, YesNo
from speech.slots.yes_no import yes_or_no_in


def find(text: str, language: str, wanted: Mapping[str, Kind], today: date) -> dict[str, SlotValue]:
    """What of `wanted`, a kind for each name, is in `text`; what is not there is left out.

    No part of the sentence serves twice. Of two slots of one kind the first gets what is said
    first. Dates are those to come, counted from `today`.
    """
    heard = Heard.of(text)
    taken: list[Found] = []
    values: dict[str, SlotValue] = {}
    for name, kind in wanted.items():
        for found in _candidates(heard.text, language, kind):
            if not any(found.overlaps(other) for other in taken):
                taken.append(found)
                start, end = heard.given_span(found.start, found.end)
                values[name] = SlotValue(found.value, start, end, text[start:end], found.unit)
                break
    return {name: values[name] for name in wanted if name in values}


def _candidates(text: str, language: str, kind: Kind) -> Iterator[Found]:
    match kind:
        case Choice():
            yield from choices_in(text, kind)
        case YesNo():
            yield from yes_or_no_in(text, language, kind)
        case _:
            return
