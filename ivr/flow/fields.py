"""What the fields of a step or of center.yaml may hold, and how each is read from text."""

import re
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from ivr.flow.expression import Expression, ExpressionError, compile_expression
from ivr.flow.problem import quoted

_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*(ms|s|sec|seconds?|m|min|minutes?|h|hours?)?")
_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DIGITS = re.compile(r"(\d{1,3})(?:\s*-\s*(\d{1,3}))?")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,5}")
_TARGET = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


def wrong(expected: str, found: Any, at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """The error for a value that is not as `expected`; `at` leads to it within the field."""
    message = f"{shown(found)} found, {expected} expected"
    return PydanticCustomError("field", "{message}", {"message": message, "at": at})


def shown(found: Any) -> str:
    """What was found, as a message names it."""
    if isinstance(found, str):
        return quoted(found)
    if not found:
        return "nothing"
    return "a list" if isinstance(found, list) else "names with values"


def read_seconds(value: Any) -> float:
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong("a time such as 20s, 5 min or 1h", value)
    unit = (match[2] or "s").lower()
    return float(match[1]) * _UNIT["ms" if unit == "ms" else unit[0]]


class DigitCount(NamedTuple):
    """How many digits an entry has, at least and at most."""

    least: int
    most: int


def _digit_count(value: Any) -> DigitCount:
    match = _DIGITS.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong("a number of digits such as 4 or 6-8", value)
    least, most = int(match[1]), int(match[2] or match[1])
    if not 1 <= least <= most <= 32:
        raise wrong("between 1 and 32 digits, the smaller number first,", value)
    return DigitCount(least, most)


def read_expression(value: Any, at: tuple[str | int, ...] = ()) -> Expression:
    """Compile an expression that stands in a field, or at `at` within it."""
    if not isinstance(value, str):
        raise wrong("an expression", value, at)
    try:
        return compile_expression(value)
    except ExpressionError as error:
        raise PydanticCustomError(
            "field", "{message}", {"message": str(error), "at": at, "offset": error.offset}
        ) from None


def read_target(value: Any) -> str:
    if not isinstance(value, str) or not _TARGET.fullmatch(value):
        raise wrong("the name of a step, a flow, or flow.step", value)
    return value


def check_answer(place: str, value: dict[str, Any], with_: str, what: str, name: str) -> None:
    """Raise unless it is {to: a step, `with_`: a name}, written at `place`; `what` and `name` tell what
    is expected there."""
    if value.keys() != {"to", with_}:
        raise wrong(f"a step, or {{to: a step, {with_}: {what}}},", value, (place,))
    if not isinstance(value[with_], str) or not NAME.fullmatch(value[with_]):
        raise wrong(name, value[with_], (place, with_))


def _name(value: Any) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        hint = (
            ", whose text stands in prompts.*.yaml,"
            if isinstance(value, str) and " " in value
            else ""
        )
        raise wrong(f"a name in small letters, digits and _{hint}", value)
    return value


def _names(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(_name(item) for item in items)


def _yes_no(value: Any) -> bool:
    known = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    if not isinstance(value, str) or value.lower() not in known:
        raise wrong("yes or no", value)
    return known[value.lower()]


class Interrupt(NamedTuple):
    """What cuts a question short while it is being said; 0, for a human, always does."""

    by_key: bool = True
    by_voice: bool = True

    def and_of(self, other: "Interrupt") -> "Interrupt":
        """What both allow."""
        return Interrupt(self.by_key and other.by_key, self.by_voice and other.by_voice)


ANYTHING = Interrupt()


def _interrupt(value: Any) -> Interrupt:
    if value == "key":
        return Interrupt(by_voice=False)
    if value == "voice":
        return Interrupt(by_key=False)
    try:
        either = _yes_no(value)
    except PydanticCustomError:
        raise wrong("yes, no, key or voice", value) from None
    return Interrupt(either, either)


def read_count(value: Any, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    if not isinstance(value, str) or not value.isdecimal() or not least <= int(value[:9]) <= most:
        raise wrong(f"a whole number from {least} to {most}", value)
    return int(value)


def read_percent(value: Any) -> int:
    text = value.removesuffix("%") if isinstance(value, str) else ""
    if not text.isdecimal() or not 1 <= len(text) <= 2 or not int(text) >= 1:
        raise wrong("a share from 1% to 99%", value)
    return int(text)


def _expressions(value: Any) -> dict[str, Expression]:
    return {name: read_expression(text, (name,)) for name, text in _named(value).items()}


def _variables(value: Any) -> dict[str, str]:
    for variable, name in _named(value).items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise wrong("a name in small letters, digits and _", name, (variable,))
    return dict(value)


def _paths(value: Any) -> dict[str, str]:
    for variable, path in _named(value).items():
        if not isinstance(path, str) or not _PATH.fullmatch(path):
            raise wrong("a field's name such as balance or account.balance", path, (variable,))
    return dict(value)


def _named(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong("names with what they stand for, such as {card: number},", value)
    for name in value:
        if not NAME.fullmatch(name):
            raise wrong("a variable's name in small letters, digits and _", name, (name,))
    return value


Seconds = Annotated[float, BeforeValidator(read_seconds)]
Percent = Annotated[int, BeforeValidator(read_percent)]
Digits = Annotated[DigitCount, BeforeValidator(_digit_count)]
Expr = Annotated[Expression, BeforeValidator(read_expression)]
Target = Annotated[str, BeforeValidator(read_target)]
Name = Annotated[str, BeforeValidator(_name)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Expressions = Annotated[dict[str, Expression], BeforeValidator(_expressions)]
Variables = Annotated[dict[str, str], BeforeValidator(_variables)]
Paths = Annotated[dict[str, str], BeforeValidator(_paths)]
Interrupts = Annotated[Interrupt, BeforeValidator(_interrupt)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]


class Model(BaseModel):
    """What every model read from a file is: strict about names, and fixed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
