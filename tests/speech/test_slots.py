"""Digits, amounts, days, times and yes or no are found in sentences as people say them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from speech.slots import Amount, Date, Digits, Kind, SlotValue, Time, YesNo, find

HERE = Path(__file__).parent
TODAY = date(2026, 11, 18)
KINDS: dict[str, Kind] = {
    "digits4": Digits(4, 4),
    "digits": Digits(5),
    "amount": Amount(),
    "date": Date(),
    "time": Time(),
    "yes_no": YesNo(),
}
TABLES = sorted((HERE / "slots").glob("*.yaml"))


def sentences() -> list[Any]:
    """Every line of every table, with its language."""
    return [
        pytest.param(path.stem, line, id=f"{path.stem}-{line['says']}")
        for path in TABLES
        for line in yaml.safe_load(path.read_text())
    ]


def told(value: SlotValue | None) -> str:
    """A value as the tables write it."""
    if value is None:
        return ""
    if isinstance(value.value, bool):
        return "yes" if value.value else "no"
    return f"{value.value} {value.unit}" if value.unit else value.value


@pytest.mark.parametrize(("language", "line"), sentences())
def test_what_is_named_in_a_sentence_is_found(language: str, line: dict[str, str]) -> None:
    expected = {name: value for name, value in line.items() if name != "says"}
    found = find(line["says"], language, {name: KINDS[name] for name in expected}, TODAY)
    assert {name: told(found.get(name)) for name in expected} == expected
    for value in found.values():
        assert line["says"][value.start : value.end] == value.text
