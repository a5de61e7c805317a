"""How well have callers been served in the last hour? What `careline top` calls the service level.

Counted is every caller who asked for an agent and was answered or gave up, in the queue first asked
for. The level is the strictest of the report's four: answered within `WITHIN` seconds of all of these
(`ivr.report`, "negative").
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.record import CallEvent, CallSummary

WITHIN = 20.0
"""Seconds."""
WINDOW = timedelta(hours=1)
MOST = 50_000
"""Calls that are remembered; more than fourteen a second for an hour."""


@dataclass(frozen=True, slots=True)
class Level:
    """`answered` and `abandoned` calls of a queue in the last hour; `level` is 0 to 1, None where
    there was no call."""

    answered: int
    abandoned: int
    level: float | None


@dataclass(frozen=True, slots=True)
class _End:
    """How a wait ended: with an agent after `waited` seconds, or without one (None)."""

    at: datetime
    queue: str
    waited: float | None


class Lately:
    """Takes in the entries of call records as they pass. `now` is the time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._waiting: dict[str, tuple[str, datetime]] = {}
        self._ends: deque[_End] = deque(maxlen=MOST)

    def add(self, entry: CallEvent | CallSummary) -> None:
        """Take in an entry."""
        if isinstance(entry, CallSummary):
            return
        match entry.kind:
            case "waiting":
                self._waiting.setdefault(entry.call_id, (str(entry.data["queue"]), entry.at))
            case "joined" if "agent" in entry.data:
                self._end(entry, answered=True)
            case "ended":
                self._end(entry, answered=False)
            case "unstaffed" | "queue_full" | "waited_too_long" | "taken_out":
                self._waiting.pop(entry.call_id, None)

    def of(self, queue: str) -> Level:
        """The last hour of a queue."""
        while self._ends and self._ends[0].at < self._now() - WINDOW:
            self._ends.popleft()
        waits = [end.waited for end in self._ends if end.queue == queue]
        answered = [waited for waited in waits if waited is not None]
        soon = sum(waited <= WITHIN for waited in answered)
        level = soon / len(waits) if waits else None
        return Level(len(answered), len(waits) - len(answered), level)

    def _end(self, entry: CallEvent, *, answered: bool) -> None:
        queue, since = self._waiting.pop(entry.call_id, ("", entry.at))
        if queue:
            waited = (entry.at - since).total_seconds() if answered else None
            self._ends.append(_End(entry.at, queue, waited))
