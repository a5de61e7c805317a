"""Which calls are offered to whom, now that something has changed?

Whoever comes first is served; a call whose agents all went to earlier calls of the same moment gets
one of them back if the earlier call can be served by somebody else. So the calls served are those of
the best set there is (the greedy rule of a transversal matroid).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from routing.board import Board
from routing.events import Offer
from routing.lane import Lane
from routing.match import Decision
from routing.model import Place, Waiting
from routing.pairing import agent_for, next_pair
from routing.reserve import kept_for, kept_now
from routing.roll import Picture


def offers_of(board: Board, now: float) -> Iterable[Offer]:
    """Offer calls until no free agent may take any; the board then knows who is rung for whom."""
    moment = _Moment(board, now)
    moment.serve()
    return moment.offers.values()


class _Moment:
    __slots__ = ("_board", "_now", "offers")

    def __init__(self, board: Board, now: float) -> None:
        self._board, self._now = board, now
        self.offers: dict[str, Offer] = {}
        """By agent, in the order in which they were made."""

    def serve(self) -> None:
        """Offer calls until no free agent may take any."""
        board, offers = self._board, self.offers
        while board.offerable:
            pair = next_pair(board, self._now)
            if offers and self._swap(None if pair is None else pair[0].place):
                continue
            if pair is None:
                break
            self._offer(*pair, board.roll.picture())

    def _offer(
        self,
        waiting: Waiting,
        agent: str,
        seats: Picture,
        needed_by: Mapping[str, str] | None = None,
    ) -> None:
        board = self._board
        decision = Decision(waiting, agent, self._now, seats, needed_by or {}, kept_now(board))
        self.offers[agent] = Offer(decision, waiting.queue.ring)
        board.keep(replace(waiting, offered_to=agent))
        seat = board.seats[agent]
        board.put(seat.to("ringing", self._now, call=waiting.call, queue=waiting.queue))

    def _swap(self, before: Place | None) -> bool:
        """Serve one more call, of those ahead of `before`, by somebody an earlier call can spare."""
        board = self._board
        if not board.offerable or not board.opened:
            return False
        firsts = chain.from_iterable(map(self._first_calls, board.lanes.values()))
        return any(
            self._reassign(board.calls[place[-1]], set(), place[0])
            for place in sorted(firsts)
            if before is None or place < before
        )

    def _first_calls(self, lane: Lane) -> Iterator[Place]:
        """The first call of a lane, and those ahead of it that are not like all the others."""
        for place in lane.open:
            yield place
            waiting = self._board.calls[place[-1]]
            if not waiting.excluded and not waiting.callback:
                return

    def _reassign(self, waiting: Waiting, tried: set[str], behind: float) -> bool:
        """Give `waiting` an agent who was offered a call that another agent can take.

        Nobody is taken for it who is kept from a call of effective arrival `behind`.
        """
        board, now = self._board, self._now
        if waiting.callback:
            return False
        for agent, offer in list(self.offers.items()):
            other, seat = offer.decision.waiting, board.seats[agent]
            if agent in tried or agent in waiting.excluded or not waiting.need.met_by(seat.agent):
                continue
            tried.add(agent)
            if other.callback or other.preferred == agent:
                continue
            if kept_for(agent, behind, board, now) is not None:
                continue
            instead = agent_for(other, board.lane(other.need), board, now, behind)
            if instead is not None:
                seats = offer.decision.seats
                self._offer(other, instead, seats, {agent: waiting.call})
            elif not self._reassign(other, tried, behind):
                continue
            free = {s.name: s for s in offer.decision.seats}[agent]
            self._offer(waiting, agent, board.roll.picture().with_seat(free))
            return True
        return False
