"""What may be asked of the floor?"""

from routing.board import Board
from routing.match import Verdict, verdicts
from routing.model import Need, Seat, Waiting
from routing.reserve import kept_now
from routing.waiting import HandleTimes, Outlook, ahead, expected_wait, told_after


class Views:
    """The questions a floor answers. None changes who is offered what."""

    def __init__(self) -> None:
        self._board = Board()
        self._handle_times = HandleTimes()
        self._told: dict[str, Outlook] = {}

    def agents(self) -> tuple[Seat, ...]:
        """All logged-in agents, in the order of arrival."""
        return tuple(self._board.seats.values())

    def agent(self, name: str) -> Seat | None:
        """One agent's seat; None if not logged in."""
        return self._board.seats.get(name)

    def waiting(self) -> tuple[Waiting, ...]:
        """All calls nobody talks to yet, first to be served first; ringing ones are among them."""
        return tuple(sorted(self._board.calls.values(), key=lambda waiting: waiting.place))

    def call(self, call: str) -> Waiting | None:
        """One waiting or ringing call; None if it left or somebody talks to it."""
        return self._board.calls.get(call)

    def callers_waiting(self) -> int:
        """How many callers wait on the line, those for whom a phone rings among them."""
        return sum(not waiting.callback for waiting in self._board.calls.values())

    def callbacks_waiting(self) -> int:
        """How many callers hung up and are to be rung back."""
        return len(self._board.calls) - self.callers_waiting()

    def staffed(self, skill: str) -> bool:
        """Whether a logged-in agent has `skill`, at any level and in whatever state."""
        return self._board.holders[skill] > 0

    def can_ever_serve(self, need: Need) -> bool:
        """Whether a logged-in agent meets `need`, in whatever state."""
        return self._board.staffed(need)

    def position(self, call: str) -> int:
        """1 for the next of the calls that compete for the same agents, 2 for the one after it.

        0 while a phone rings for the call, and when it does not wait.
        """
        waiting = self._board.calls.get(call)
        if waiting is None or waiting.offered_to is not None:
            return 0
        lanes = self._board.lanes
        return 1 + ahead(waiting, lanes[waiting.need], lanes.values())

    def expected_wait(self, call: str, now: float) -> tuple[float, float] | None:
        """Between how many and how many more seconds `call` will wait; see `routing.waiting`.

        (0, ring) while a phone rings for it. None when it does not wait, and when nobody who could
        serve it is at work: nobody is logged in, or all are paused or out of reach.
        """
        waiting = self._board.calls.get(call)
        if waiting is None:
            return None
        if waiting.offered_to is not None:
            return (0.0, waiting.queue.ring)
        board, handle_time = self._board, self._handle_times.mean(waiting.queue.name)
        return expected_wait(waiting, board.lane, board.lanes.values(), handle_time, now)

    def outlook(self, call: str, now: float) -> Outlook | None:
        """What to tell the caller now; it is remembered as told. None when the call is not here."""
        waiting = self._board.calls.get(call)
        if waiting is None:
            return None
        low, high = self.expected_wait(call, now) or (None, None)
        agents = len(self._board.lane(waiting.need).working)
        fresh = Outlook(now, self.position(call), agents, low, high)
        told = self._told[call] = told_after(self._told.get(call), fresh)
        return told

    def explain(self, call: str, now: float) -> tuple[Verdict, ...]:
        """Why nobody takes a call yet, agent by agent; empty unless it waits with no phone ringing.

        For a ringing call the reasons are those of its offer's decision.
        """
        waiting = self._board.calls.get(call)
        if waiting is None or waiting.offered_to is not None:
            return ()
        return verdicts(waiting, self.agents(), None, now, reserves=kept_now(self._board))
