"""How is the operator told of a failure that many calls meet? Once, and then how often.

Failures are one and the same when they happen at the same place and are of the same kind.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

log = logging.getLogger(__name__)

TELL_EVERY = 60.0  # seconds in which a failure that goes on is only counted
MOST = 1000  # failures told apart; more are one


@dataclass(slots=True)
class _Known:
    told: float
    untold: int = 0


class Troubles:
    """The failures so far. `clock` is monotonic, in seconds. With `only_errors` what failed without
    an error, such as a gateway that a trial lets fail, is counted and not logged."""

    def __init__(
        self, clock: Callable[[], float] = monotonic, *, only_errors: bool = False
    ) -> None:
        self._clock = clock
        self._only_errors = only_errors
        self._known: dict[tuple[str, str], _Known] = {}
        self.counts: dict[tuple[str, str], int] = {}
        """How often each has happened, by what happened and the kind of error."""

    def report(self, call_id: str, what: str, error: Exception | None) -> None:
        """Something failed in a call; it is logged with its traceback, or counted."""
        key = (what, type(error).__name__)
        if key not in self.counts and len(self.counts) >= MOST:
            key = ("something else", "")
        self.counts[key] = self.counts.get(key, 0) + 1
        if self._only_errors and error is None:
            return
        known, now = self._known.get(key), self._clock()
        if known is not None and now - known.told < TELL_EVERY:
            known.untold += 1
            return
        again = (
            f" (and {known.untold} times before since last told)" if known and known.untold else ""
        )
        self._known[key] = _Known(now)
        log.error("call %s: %s%s", call_id, what, again, exc_info=error)
