"""When does an agent need a rest, and until when?

An agent who rests is free, but is offered only calls that nobody else at work could take. There are
two reasons to rest: having been busy for too much of the last hour, and having just missed a call.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal, get_args

Missed = Literal["no_answer", "busy", "declined", "unreachable"]
"""How an offered call was not taken."""

Rest = Literal["occupancy"] | Missed
"""Why an agent rests: busy for too much of the last hour, or how the last call was missed."""

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class CoolDowns:
    """Seconds an agent rests after a call not taken, by cause; 0 is no rest.

    ValueError for less than that.
    """

    no_answer: float = 30.0  # an empty chair, perhaps
    busy: float = 15.0  # on the phone with somebody else: likely done soon
    declined: float = 10.0  # there, and not ready
    unreachable: float = 30.0  # a phone about to register again

    def __post_init__(self) -> None:
        if any(self.after(cause) < 0 for cause in get_args(Missed)):
            raise ValueError("Nobody rests for less than no time after a call not taken.")

    def after(self, cause: Missed) -> float:
        """How long the agent rests."""
        return float(getattr(self, cause))


COOL_DOWNS = CoolDowns()
"""Those of a queue that says nothing of them."""


class Occupancy:
    """How long each agent has been busy (in talks and wrap-ups) within the last hour.

    `limit` is the share of the hour above which an agent rests, over 0 and at most 1; None is no
    limit. ValueError for any other.
    """

    def __init__(self, limit: float | None = None) -> None:
        if limit is not None and not 0 < limit <= 1:
            raise ValueError("The share of an hour that agents may be busy is over 0 and up to 1.")
        self.limit = limit
        self._spans: dict[str, deque[tuple[float, float]]] = {}

    def busy(self, agent: str, start: float, end: float) -> None:
        """Learn of a talk or a wrap-up that has ended."""
        if self.limit is None or end <= start:
            return
        spans = self._spans.setdefault(agent, deque())
        spans.append((start, end))
        while spans[0][1] <= end - HOUR:
            spans.popleft()

    def forget(self, agent: str) -> None:
        """The agent has gone home."""
        self._spans.pop(agent, None)

    def share(self, agent: str, now: float) -> float:
        """The part of the last hour the agent was busy; 0 without a limit."""
        begin = now - HOUR
        spans = self._spans.get(agent, ())
        return sum(end - max(start, begin) for start, end in spans if end > begin) / HOUR

    def rests_until(self, agent: str, now: float) -> float | None:
        """When an agent who is free from `now` on falls to the limit; None if below already.

        The hour slides over what the agent did at its beginning, so each second of rest takes a
        second off the oldest talk once that lies an hour back.
        """
        if self.limit is None:
            return None
        over = (self.share(agent, now) - self.limit) * HOUR
        if over <= 0:
            return None
        for start, end in self._spans[agent]:
            counted = max(start, now - HOUR)
            if end - counted >= over:
                return counted + over + HOUR
            over -= max(0.0, end - counted)
        return None
