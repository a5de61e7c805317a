"""What is recorded of calls, and for how long is it kept? `recordings:` of center.yaml."""

import re
from datetime import timedelta
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator

from ivr.flow.fields import Model, Name, Names, wrong
from recordings.retention import Keep, Type

_AGE = re.compile(r"(\d{1,5})\s*(days?|weeks?|years?)")
_DAYS = {"d": 1, "w": 7, "y": 366}  # a year is never shorter than the law's


def _age(value: Any) -> timedelta:
    match = _AGE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) == 0:
        raise wrong("a time such as 180 days, 26 weeks or 3 years", value)
    return timedelta(days=int(match[1]) * _DAYS[match[2][0]])


Age = Annotated[timedelta, BeforeValidator(_age)]


_NUMBER = re.compile(r"\+?[0-9]{2,20}")


def _types(value: Any) -> tuple[Type, ...]:
    known: tuple[Type, ...] = get_args(Type)
    found = value if isinstance(value, list) else [value]
    for name in found:
        if name not in known:
            raise wrong(f"one or several of {', '.join(known)}", name)
    return tuple(found)


def _numbers(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list) else [value]
    for number in found:
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise wrong("a number that callers ring, such as 95588,", number)
    return tuple(number.lstrip("+") for number in found)


def _ivr(value: Any) -> Any:
    if value == "all":
        return {}
    if value in ("no", "off", "none"):
        return None
    if not isinstance(value, dict):
        raise wrong("all, no, or {numbers: …, flows: …}", value)
    return value


class IvrSpec(Model):
    """Of which calls the IVR part is recorded too: of those that rang one of `numbers`, while they are
    in one of `flows`; where either is not named, of all."""

    numbers: Annotated[tuple[str, ...], BeforeValidator(_numbers)] = ()
    flows: Names = ()

    def covers(self, dialled: str, flow: str) -> bool:
        """Whether a call that rang this number is recorded in that flow."""
        rang = not self.numbers or dialled.lstrip("+") in self.numbers
        return rang and (not self.flows or flow in self.flows)


class KeepSpec(Model):
    """What is of one of the `types` and of one of these `queues`, or of any, is kept this long instead.

    `talk` is a talk with an agent, `ivr` what was said and heard before and after it, `message` what a
    caller left to be heard later.
    """

    name: Name
    types: Annotated[tuple[Type, ...], BeforeValidator(_types)] = ()
    queues: Names = ()
    keep: Age


class KeptSpec(Model):
    """How long recordings and messages are `keep`t. Where several of `rules` fit, the longest counts.

    What is held (`careline recordings hold`) stays whatever is said here. Talks with agents are
    recorded; with `ivr`, what callers say and hear in the flow is, too: `all`, or only of some
    numbers and flows. Neither waiting in a queue nor a step with a secret is in it.
    """

    keep: Age = timedelta(days=180)
    rules: tuple[KeepSpec, ...] = ()
    ivr: Annotated[IvrSpec | None, BeforeValidator(_ivr)] = None

    def keeps(self) -> list[Keep]:
        """The rules as retention reads them."""
        return [Keep(rule.name, rule.keep, rule.queues, rule.types) for rule in self.rules]
