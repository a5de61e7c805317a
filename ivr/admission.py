"""Is there room for one more call? A queue that nobody survives helps nobody.

What is counted is what there is at this moment, so calls are taken again as soon as there is room.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from ivr.desk import Desk
from ivr.flow.admission import Admission

log = logging.getLogger(__name__)

Full = Literal["waiting", "calls"]


class Gate:
    """Counts the calls of one hotline on the line: those it has taken, and those it has not."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.taken = 0
        """Calls on the line that were taken."""
        self.told = 0
        """Callers who are being told that there is no room."""
        self._turned_away = 0

    def full(self, terms: Admission) -> Full | None:
        """Which limit is reached: of callers who wait, or of calls; None while there is room."""
        most, calls = terms.most_waiting, terms.most_calls
        if most is not None and self._desk.floor.callers_waiting() >= most:
            return "waiting"
        return "calls" if calls is not None and self.taken >= calls else None

    def calls_back(self, terms: Admission) -> bool:
        """Whether one more caller may be promised to be rung back."""
        return self._desk.floor.callbacks_waiting() < terms.most_callbacks

    @contextmanager
    def takes(self) -> Iterator[None]:
        """A call is taken, and on the line as long as the block lasts."""
        if self._turned_away:
            log.warning("calls are taken again; %d were turned away", self._turned_away)
            self._turned_away = 0
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1

    @contextmanager
    def turns_away(self, terms: Admission, why: Full) -> Iterator[bool]:
        """A call is not taken; whether the caller can be told so, as long as the block lasts."""
        if not self._turned_away:
            log.warning("the hotline is full (%s): callers are turned away", why)
        self._turned_away += 1
        heard = self.told < terms.most_told
        self.told += heard
        try:
            yield heard
        finally:
            self.told -= heard
