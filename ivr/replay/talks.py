"""How long does a call last with whoever takes it?

A call that was answered keeps its place among the calls of its kind: one that was longer than seven
of ten calls of that kind with its agent is longer than seven of ten with any other. A call that was
never answered is given a place by chance. So a slow agent stays slow and a long matter long.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from ivr.replay.trace import Recorded

ENOUGH = 30
"""Talks of an agent in one kind, from which on they are compared with one another."""

Pace = Literal["agent", "call"]
"""Whether a talk's length is the agent's as well, or the call's alone."""


class Talks:
    """The talks of a trace, by kind and agent, in seconds."""

    def __init__(self, calls: Sequence[Recorded], pace: Pace = "agent") -> None:
        self._seen: dict[tuple[str, str], list[float]] = defaultdict(list)
        for call in calls:
            if call.answered:
                for agent in {call.agent or "", ""}:
                    self._seen[call.kind, agent].append(call.talk)
                self._seen["", ""].append(call.talk)
        for talks in self._seen.values():
            talks.sort()
        self._pace = pace

    def rank(self, call: Recorded, luck: float) -> float:
        """The place of a call among its like, from 0 to below 1; `luck` parts equals."""
        if not call.answered:
            return luck
        talks = self._of(call.kind, call.agent or "")
        low, high = bisect_left(talks, call.talk), bisect_right(talks, call.talk)
        return min((low + luck * max(1, high - low)) / max(1, len(talks)), 1 - 1e-9)

    def length(self, kind: str, rank: float, agent: str) -> float:
        """How long a call of `kind` and that place lasts with `agent`. 0 if there were no talks."""
        talks = self._of(kind, agent)
        return talks[int(rank * len(talks))] if talks else 0.0

    def _of(self, kind: str, agent: str) -> list[float]:
        own = self._seen.get((kind, agent), ()) if self._pace == "agent" else ()
        if len(own) >= ENOUGH:
            return list(own) if isinstance(own, tuple) else own
        return self._seen.get((kind, "")) or self._seen.get(("", "")) or []
