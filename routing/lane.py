"""Who waits for the same need, and who could serve it?

There is one lane for each need ever asked for; a hotline has some dozens. In a lane all calls want
the same, so the first call meets the longest idle agent and nobody need be searched for.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from routing.model import Idle, Need, Place, Seat, Waiting

P = TypeVar("P", Place, Idle)


class Ranked(Generic[P]):
    """Places kept in order.

    A sorted list: finding a place takes log n steps, and moving ten thousand pointers aside takes a
    few microseconds, less than the bookkeeping of any tree written in Python.
    """

    def __init__(self) -> None:
        self._places: list[P] = []

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
    """The calls that wait for one need, the free agents who meet it, and those `working` who do."""

    def __init__(self, need: Need) -> None:
        self.need = need
        self.waiting: Ranked[Place] = Ranked()
        self.free: Ranked[Idle] = Ranked()
        self.working: set[str] = set()  # asked for members and size, never iterated for an order

    def enter(self, seat: Seat) -> None:
        """Count an agent who meets the need."""
        if seat.working:
            self.working.add(seat.name)
        if seat.offerable:
            self.free.add(seat.idle)

    def leave(self, seat: Seat) -> None:
        """Count the agent no more; `seat` is as it entered."""
        self.working.discard(seat.name)
        if seat.offerable:
            self.free.remove(seat.idle)

    def longest_idle(self, waiting: Waiting) -> str | None:
        """The free agent to offer this lane's call to; None if all have had it already."""
        return next((name for _, name in self.free if name not in waiting.excluded), None)

    def first_servable(self, calls: Mapping[str, Waiting]) -> Place | None:
        """The first call that a free agent may be offered: the first of all, but for refusals."""
        if not self.free:
            return None
        return next((p for p in self.waiting if self.longest_idle(calls[p[-1]]) is not None), None)

    def has_other(self, excluded: frozenset[str]) -> bool:
        """Whether somebody at work who is not `excluded` meets the need."""
        return not self.working <= excluded
