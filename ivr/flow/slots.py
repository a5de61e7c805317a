"""What can be named in a sentence, and in which words is it listened for?

A recognizer follows the words of its grammar. Those of amounts, days and times are learned from what
the hotline itself would say for some of them, in the language of the call.
"""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from functools import lru_cache

from ivr.flow import spoken_values
from ivr.flow.intents import Intents
from speech.slots import Amount, Choice, Date, Digits, Kind, Time, YesNo

KINDS = ("amount", "date", "time", "digits", "yes_no")
"""What a form can take besides the lists of intents.*.yaml."""

_NUMBERS = (*range(1, 20), *range(20, 100, 10), *range(100, 1000, 100), 1000, 5000, 10_000)
_DAYS = 31


def kind_of(takes: str, digits: tuple[int, int], intents: Intents, language: str) -> Kind:
    """The kind of thing a form's field takes; a list's things by what they are called."""
    match takes:
        case "amount":
            return Amount()
        case "date":
            return Date()
        case "time":
            return Time()
        case "digits":
            return Digits(*digits)
        case "yes_no":
            return YesNo(intents.said("yes", language), intents.said("no", language))
    return Choice(intents.list_items(takes, language))


def wordings(takes: str, intents: Intents, language: str, today: date) -> tuple[str, ...]:
    """Phrases with the words in which such a thing is said."""
    if takes in _SAID:
        return _learned(takes, language, today)
    items = intents.list_items(takes, language)
    return tuple(called for wording in items.values() for called in wording)


@lru_cache(maxsize=64)
def _learned(takes: str, language: str, today: date) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_SAID[takes](language, today)))


def _amounts(language: str, _: date) -> Iterator[str]:
    say = spoken_values.functions(language)["number"]
    return (str(say(number)) for number in _NUMBERS)


def _dates(language: str, today: date) -> Iterator[str]:
    say = spoken_values.functions(language)["date"]
    return (str(say((today + timedelta(days=ahead)).isoformat())) for ahead in range(_DAYS))


def _times(language: str, _: date) -> Iterator[str]:
    say = spoken_values.functions(language)["time"]
    return (str(say(time(hour, minute).isoformat())) for hour in range(24) for minute in (0, 30))


def _digits(language: str, _: date) -> Iterator[str]:
    say = spoken_values.functions(language)["digits"]
    return (str(say(digit)) for digit in "0123456789")


_SAID: dict[str, Callable[[str, date], Iterator[str]]] = {
    "amount": _amounts,
    "date": _dates,
    "time": _times,
    "digits": _digits,
    "yes_no": lambda language, today: iter(()),
}
