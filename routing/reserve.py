"""Is a free agent kept for somebody who has not called yet?

A queue may keep `free` agents for its next caller: a call of lower standing is offered one of those
who could serve that caller at once only while, after the offer, at least so many of them are free.
Whoever frees next fills the reserve again, and the queue's own calls take from it at once. This is
the cutoff of Schaack and Larson, "An N-Server Cutoff Priority Queue" (Operations Research 34(2),
1986), where calls of low priority wait although servers are free; telephone networks know it as
trunk reservation, which for two classes and no waiting is the best there is: Reiman,
"Asymptotically Optimal Trunk Reservation for Large Trunk Groups" (28th IEEE Conference on Decision
and Control, 1989).

Three things are our own, and bound what it costs:
- Of lower standing is a call that the next caller would be ahead of, if they came now. A call that
  has waited as long as the difference in head starts is kept from nobody: so it is only ever
  overtaken by, and kept waiting for, calls that come within that difference.
- Counted are agents who meet what the next caller would ask for: the first stage that somebody
  logged in could serve. Who rests is not counted.
- Never are all of these kept. Of `free` or fewer at work, all but one are: so somebody is busy
  wherever somebody is kept, and the floor never stands still beside a call.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from routing.board import Board
from routing.model import Need, Queue, Reserve, Seat


@dataclass(frozen=True, slots=True)
class Kept:
    """`free` agents who meet `need` are kept for the next call of `queue`.

    That call would come with `head_start` seconds.
    """

    queue: str
    free: int
    need: Need
    head_start: float

    def ahead_of(self, effective: float, at: float) -> bool:
        """Whether the next call would be ahead of one whose effective arrival is that."""
        return effective + self.head_start > at

    def short(self, left: int, at_work: int) -> bool:
        """Whether too few would be `left` free, of so many `at_work`."""
        return left < min(self.free, at_work - 1)


def kept_now(board: Board) -> tuple[Kept, ...]:
    """The reserves, each with what its next call would ask for now."""
    return tuple(_kept(queue, reserve, board) for queue, reserve in board.reserves.items())


def kept_for(agent: str, effective: float, board: Board, now: float) -> str | None:
    """The queue an agent is kept for from a call of that effective arrival; None if for none.

    The agent is free, or rings for another call that somebody else will be offered.
    """
    for queue, reserve in board.reserves.items():
        kept = _kept(queue, reserve, board)
        if not kept.ahead_of(effective, now):
            continue
        lane = board.lane(kept.need)
        if agent in lane.fresh:
            left = len(lane.free) - board.seats[agent].offerable
            if kept.short(left, len(lane.fresh)):
                return queue
    return None


def kept_in(
    seats: Iterable[Seat], seat: Seat, effective: float, reserves: Iterable[Kept], at: float
) -> str | None:
    """The queue a free agent was kept for, with everybody in their `seats`; None if for none."""
    for kept in reserves:
        if not kept.ahead_of(effective, at) or seat.rest is not None:
            continue
        fresh = [s for s in seats if s.working and s.rest is None and kept.need.met_by(s.agent)]
        left = sum(one.offerable for one in fresh if one is not seat)
        if kept.need.met_by(seat.agent) and kept.short(left, len(fresh)):
            return kept.queue
    return None


def reserves_of(queues: Iterable[Queue]) -> dict[str, Reserve]:
    """The reserves of the queues that have one."""
    return {queue.name: queue.reserve for queue in queues if queue.reserve is not None}


def _kept(queue: str, reserve: Reserve, board: Board) -> Kept:
    needs = [reserve.need, *(stage.need for stage in reserve.relax)]
    need = next((need for need in needs if board.lane(need).staff), reserve.need)
    return Kept(queue, reserve.free, need, reserve.head_start)
