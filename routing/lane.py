"""Who waits for the same need, and who could serve it?

There is one lane for each need ever asked for; a hotline has some dozens. In a lane all calls want
the same, so the first call meets the first agent and nobody need be searched for.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Generic, TypeVar

from routing.model import Idle, Need, Place, Seat

PREFERRED = 3600.0
"""Seconds of being free that one preferred skill counts for: rather who has it than who has been
free up to an hour longer."""

P = TypeVar("P", Place, Idle)


class Ranked(Generic[P]):
    """Places kept in order.

    A sorted list: finding a place takes log n steps, and moving ten thousand pointers aside takes a
    few microseconds, less than the bookkeeping of any tree written in Python.
    """

    def __init__(self) -> None:
        self._places: list[P] = []

    def __bool__(self) -> bool:
        return bool(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[P]:
        return iter(self._places)

    def add(self, place: P) -> None:
        """Put `place` where it belongs."""
        insort(self._places, place)

    def remove(self, place: P) -> None:
        """Take `place` out; KeyError if it is not there."""
        at = bisect_left(self._places, place)
        if at == len(self._places) or self._places[at] != place:
            raise KeyError(place)
        del self._places[at]

    def before(self, place: P) -> int:
        """How many come before `place`, which need not be here itself."""
        return bisect_left(self._places, place)


class Lane:
    """The calls that wait for one need, and the agents who meet it.

    waiting   all calls no phone rings for
    open      those of them that anybody may be offered
    free      agents who can be offered a call; `resting` those who can but should not
    working   agents who are here to work, in whatever state; `fresh` those who do not rest
    staff     agents logged in who are not about to leave
    asked_at  when a call last began to wait for it
    """

    def __init__(self, need: Need) -> None:
        self.need = need
        self.waiting: Ranked[Place] = Ranked()
        self.open: Ranked[Place] = Ranked()
        self.free: Ranked[Idle] = Ranked()
        self.resting: Ranked[Idle] = Ranked()
        # The sets are asked for members and size, never iterated for an order.
        self.working: set[str] = set()
        self.fresh: set[str] = set()
        self.staff: set[str] = set()
        self.asked_at = float("-inf")

    def rank(self, seat: Seat) -> Idle:
        """The agent's place among the free: idle since, earlier for every preferred skill."""
        if not self.need.prefer:
            return seat.idle
        return (seat.idle_since - PREFERRED * self.need.preferences_met(seat.agent), seat.name)

    def enter(self, seat: Seat) -> None:
        """Count an agent who meets the need."""
        name, rests = seat.name, seat.rest is not None
        if not seat.leaving:
            self.staff.add(name)
        if seat.working:
            self.working.add(name)
            if not rests:
                self.fresh.add(name)
        if seat.offerable:
            (self.resting if rests else self.free).add(self.rank(seat))

    def leave(self, seat: Seat) -> None:
        """Count the agent no more; `seat` is as it entered."""
        name = seat.name
        self.staff.discard(name)
        self.working.discard(name)
        self.fresh.discard(name)
        if seat.offerable:
            (self.free if seat.rest is None else self.resting).remove(self.rank(seat))

    def change(self, before: Seat, seat: Seat) -> None:
        """Count an agent as `seat` who was counted as `before` and can still do the same."""
        if before.offerable:
            (self.free if before.rest is None else self.resting).remove(self.rank(before))
        if seat.offerable:
            (self.free if seat.rest is None else self.resting).add(self.rank(seat))

    def has_other(self, excluded: frozenset[str]) -> bool:
        """Whether somebody at work who is not `excluded` meets the need."""
        return not self.working <= excluded

    @property
    def ready(self) -> bool:
        """Whether there is both a call and an agent, so that they may be a pair."""
        return bool(self.open) and bool(self.free or self.resting)
