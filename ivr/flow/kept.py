"""How long are recordings kept? `recordings:` of center.yaml."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from ivr.flow.fields import Model, Name, Names, wrong
from recordings.retention import Keep

_AGE = re.compile(r"(\d{1,5})\s*(days?|weeks?|years?)")
_DAYS = {"d": 1, "w": 7, "y": 366}  # a year is never shorter than the law's


def _age(value: Any) -> timedelta:
    match = _AGE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) == 0:
        raise wrong("a time such as 180 days, 26 weeks or 3 years", value)
    return timedelta(days=int(match[1]) * _DAYS[match[2][0]])


Age = Annotated[timedelta, BeforeValidator(_age)]


class KeepSpec(Model):
    """Recordings of talks in these `queues`, or in any, are kept this long instead."""

    name: Name
    queues: Names = ()
    keep: Age


class KeptSpec(Model):
    """How long recordings of talks are `keep`t. Where several of `rules` fit, the longest counts.

    What is held (`careline recordings hold`) stays whatever is said here.
    """

    keep: Age = timedelta(days=180)
    rules: tuple[KeepSpec, ...] = ()

    def keeps(self) -> list[Keep]:
        """The rules as retention reads them."""
        return [Keep(rule.name, rule.keep, rule.queues) for rule in self.rules]
