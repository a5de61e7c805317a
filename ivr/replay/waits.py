"""Who waited at a moment of a trace?"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

from ivr.replay.trace import Recorded

NOTICED = 3.0
"""A wait that ends within so many seconds is no sign that an agent was not ready."""

ROUNDED = 1.0
"""The seconds to which a recorder's clock may be off."""


class Waits:
    """The calls that waited, to be asked for by time."""

    def __init__(self, calls: Sequence[Recorded]) -> None:
        self._calls = sorted((call for call in calls if call.waited > 0), key=lambda one: one.since)
        self._since = [call.since for call in self._calls]
        self._longest = max((call.waited for call in self._calls), default=0.0)
        self._asking: dict[str, list[Recorded]] = defaultdict(list)
        for call in self._calls:
            if call.waited > NOTICED:
                self._asking[call.asks].append(call)
        self._asked = {what: [call.since for call in found] for what, found in self._asking.items()}

    def at(self, moment: float, within: float = ROUNDED) -> list[Recorded]:
        """The calls that waited since before `moment`, and still after it, by more than `within`."""
        low = bisect_left(self._since, moment - self._longest)
        high = bisect_left(self._since, moment - within)
        return [call for call in self._calls[low:high] if call.until > moment + within]

    def last(self, start: float, end: float, kinds: frozenset[str]) -> float | None:
        """The last moment from `start` to `end` at which a call asking for one of `kinds` waited.

        None if none did, but for waits that ended at once.
        """
        latest: float | None = None
        for kind in kinds & self._asking.keys():
            since = self._asked[kind]
            low = bisect_left(since, start - self._longest)
            high = bisect_right(since, end)
            for call in self._asking[kind][low:high]:
                until = min(call.until, end)
                if until > start and until - max(call.since, start) > NOTICED:
                    latest = until if latest is None else max(latest, until)
        return latest
