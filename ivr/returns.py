"""Who was cut off a moment ago, and how far ahead are they when they ring again?"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from ivr.flow.center import Returning

MOST = 10_000
"""So many numbers are remembered, the latest: a flood of calls must not fill the memory."""

SHORT_TALK = 20.0
"""Seconds; a caller who is gone from a talk sooner than that has rather been cut off than left."""


@dataclass(frozen=True, slots=True)
class _CutOff:
    at: datetime
    waited: float
    unserved: bool


class Returns:
    """The callers whose calls broke off lately, by number. In memory: it is for some minutes."""

    def __init__(self) -> None:
        self._cut_off: OrderedDict[str, _CutOff] = OrderedDict()

    def cut_off(self, number: str, at: datetime, waited: float, *, in_talk: bool) -> None:
        """A caller has gone from a queue, or from a talk that had just begun."""
        self._cut_off.pop(number, None)
        self._cut_off[number] = _CutOff(at, waited, in_talk)
        while len(self._cut_off) > MOST:
            self._cut_off.popitem(last=False)

    def expected(self, number: str | None, at: datetime, terms: Returning | None) -> bool:
        """Whether a caller was cut off so lately that they are ahead when they ring again."""
        cut_off = None if number is None or terms is None else self._cut_off.get(number)
        return (
            cut_off is not None
            and terms is not None
            and (at - cut_off.at).total_seconds() <= terms.within
        )

    def head_start(self, number: str | None, at: datetime, terms: Returning | None) -> float:
        """The seconds a caller who rings again counts as having waited; asked once, then forgotten.

        0 for whoever was not cut off, or longer ago than `terms` allow.
        """
        if number is None or terms is None:
            return 0.0
        cut_off = self._cut_off.pop(number, None)
        if cut_off is None or (at - cut_off.at).total_seconds() > terms.within:
            return 0.0
        return cut_off.waited + (terms.priority if cut_off.unserved else 0.0)
