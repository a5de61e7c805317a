"""intents.tests.yaml: sentences, and what must be understood by them.

They are tried with `careline intents test`, `careline test`, and before a version is published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from ivr.flow.fields import Model, Name, wrong
from ivr.flow.intents import NOTHING, Intents
from ivr.flow.problem import BrokenFlow, Problem, did_you_mean, quoted
from ivr.flow.read_model import read_model
from ivr.flow.source import Loc, Source, read
from speech.slots import Amount, Choice, Date, Digits, Kind, Time, YesNo

FILE = "intents.tests.yaml"
RULE = "intent-tests"

# What can be expected of a sentence besides the things of a list, by the name of its kind.
KINDS: dict[str, Kind] = {
    "digits": Digits(),
    "amount": Amount(),
    "date": Date(),
    "time": Time(),
    "yes_no": YesNo(),
}


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong("a date such as 2026-11-18", value) from None


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


class IntentTest(Model):
    """What somebody `says` in a `language`, and what must be understood.

    `intent` is the intent it must be taken for, at once or after asking back; `none` stands for a
    sentence that must not be taken for any. Without it only the slots are tried. `slots` are the
    things that must be found in it: under `digits`, `amount`, `date`, `time`, `yes_no` or the name
    of a list.
    """

    says: str = Field(min_length=1)
    language: str
    intent: Name | None = None
    slots: dict[Name, str] = Field({})


class IntentTestsFile(Model):
    """Sentences with what must be understood; `today` is the day that "tomorrow" is counted from."""

    today: Day = date(2026, 11, 18)
    tests: tuple[IntentTest, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """One sentence to try, and where it stands."""

    test: IntentTest
    today: date
    source: Source
    loc: Loc


def read_intent_tests(folder: Path, intents: Intents) -> list[Expected]:
    """The sentences of `intents.tests.yaml`; none where there is no such file.

    Raises `BrokenFlow` with all that is wrong with it.
    """
    path = folder / FILE
    if not path.exists():
        return []
    source = read(path, path.name)
    problems: list[Problem] = []
    file = read_model(IntentTestsFile, source, (), source.data, "the tests file", problems)
    if file is not None:
        for index, test in enumerate(file.tests):
            problems += _unknown(test, ("tests", index), source, intents)
    if file is None or problems:
        raise BrokenFlow(problems)
    return [
        Expected(test, file.today, source, ("tests", index))
        for index, test in enumerate(file.tests)
    ]


def wanted(slots: Mapping[str, str], intents: Intents, language: str) -> dict[str, Kind]:
    """The kinds of the slots a test names."""
    return {name: KINDS.get(name) or Choice(intents.list_items(name, language)) for name in slots}


def _unknown(test: IntentTest, at: Loc, source: Source, intents: Intents) -> Iterator[Problem]:
    known = {*intents.names(), NOTHING}
    if test.intent is not None and test.intent not in known:
        message = f"there is no intent {quoted(test.intent)}{did_you_mean(test.intent, known)}"
        yield source.problem(source.value((*at, "intent")), message, RULE)
    slots = {*KINDS, *intents.list_names()}
    for name in test.slots:
        if name not in slots:
            message = f"there is no slot or list {quoted(name)}{did_you_mean(name, slots)}"
            yield source.problem(source.key((*at, "slots", name)), message, RULE)
