"""What will time alone change, and when?"""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Literal

from routing.board import Board
from routing.model import Waiting

Timer = tuple[
    float, Literal["relax", "own", "spare", "kept", "later", "limit", "wrap_up", "rest"], str
]
"""The moment, what changes then, and about whom: a call, or an agent for "wrap_up" and "rest"."""


class Timers:
    """What has been foreseen about the calls and agents of a board, the soonest first.

    What events have overtaken is not taken back, but passed over when it would be due.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._heap: list[Timer] = []

    def foresee(self, *timer: *Timer) -> None:
        """Something will change."""
        heappush(self._heap, timer)

    def begin(self, waiting: Waiting) -> None:
        """Foresee what will change about a call that begins to wait, limits and reserves apart."""
        call = waiting.call
        if waiting.relaxes_at is not None:
            self.foresee(waiting.relaxes_at, "relax", call)
        if waiting.own_until is not None:
            self.foresee(waiting.own_until, "own", call)
        if waiting.spare_until is not None:
            self.foresee(waiting.spare_until, "spare", call)
        if waiting.not_before is not None:
            self.foresee(waiting.not_before, "later", call)

    def next(self) -> float | None:
        """The moment of the next change; None if none is foreseen."""
        while self._heap and not self._still_due(self._heap[0]):
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> Iterator[Timer]:
        """All that has changed by `now`, in order, with what is foreseen meanwhile."""
        while self._heap and self._heap[0][0] <= now:
            timer = heappop(self._heap)
            if self._still_due(timer):
                yield timer

    def _still_due(self, timer: Timer) -> bool:
        at, kind, name = timer
        if kind in ("wrap_up", "rest"):
            seat = self._board.seats.get(name)
            return seat is not None and at == (
                seat.until if kind == "wrap_up" else seat.rests_until
            )
        waiting = self._board.calls.get(name)
        if waiting is None:
            return False
        if kind == "limit":
            return waiting.must_go_at == at and waiting.offered_to is None
        if kind == "kept":
            reserves = self._board.reserves.values()
            return any(waiting.place[0] + reserve.head_start == at for reserve in reserves)
        return at == {
            "relax": waiting.relaxes_at,
            "own": waiting.own_until,
            "spare": waiting.spare_until,
            "later": waiting.not_before,
        }.get(kind)
