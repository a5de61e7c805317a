"""How do calls and agents change, with all that has to follow from it?

A call that waits has its moments foreseen, one that is dropped is told nothing any more, a phone that
stops ringing gives its call back its place, and whoever waits for an agent who will not come waits
for anybody. Which event changes what is said in `routing.call_events` and `routing.agent_events`.
"""

from collections.abc import Mapping
from dataclasses import replace

from routing.board import Board
from routing.events import Instruction, Release, ReleaseCause, Withdraw
from routing.model import Queue, Rest, Seat, Waiting
from routing.policy import in_stage
from routing.reserve import reserves_of
from routing.rest import Occupancy
from routing.timers import Timers
from routing.waiting import HandleTimes, Outlook


class Changes:
    """What a floor's events change, at the moment `now`.

    `talks` are call → agent, `unreachable` the phones of agents logged in or not, `strained` calls
    that may be beyond a limit of their queue, and `instructions` what is to be done, so far.
    """

    def __init__(
        self,
        board: Board,
        told: dict[str, Outlook],
        handle_times: HandleTimes,
        occupancy: Occupancy,
        misses_allowed: int,
    ) -> None:
        self.board = board
        self.told = told
        self.handle_times = handle_times
        self.occupancy = occupancy
        self.misses_allowed = misses_allowed
        self.timers = Timers(board)
        self.queues: Mapping[str, Queue] = {}
        self.talks: dict[str, str] = {}
        self.unreachable: set[str] = set()
        self.now = float("-inf")
        self.arrivals = 0
        self.staff_changed = False
        self.strained: list[str] = []
        self.instructions: list[Instruction] = []

    def open(self, queues: Mapping[str, Queue]) -> None:
        """Let calls wait in these queues from now on; those that wait keep their terms."""
        self.queues = dict(queues)
        self.board.reserves = reserves_of(queues.values())
        for waiting in self.board.calls.values():
            self.mind_reserves(waiting)

    # Calls

    def begin(self, waiting: Waiting) -> None:
        """Let a call wait, and foresee all that time will change about it."""
        waiting = self.keep(waiting)
        self.timers.begin(waiting)
        self.mind_reserves(waiting)
        self._mind_limits(waiting, new=True)

    def keep(self, waiting: Waiting) -> Waiting:
        """Keep the call; it no longer waits for its own agent if they cannot be expected."""
        if waiting.own_until is not None:
            seat = self.board.seats.get(waiting.preferred or "")
            if (
                seat is None
                or not seat.working
                or seat.name in waiting.excluded
                or not waiting.need.met_by(seat.agent)
            ):
                waiting = replace(waiting, own_until=None)
        self.board.keep(waiting)
        return waiting

    def requeue(self, waiting: Waiting) -> None:
        """Let a call wait again in its place after a phone rang for it."""
        self.keep(replace(waiting, offered_to=None))
        self._mind_limits(waiting)

    def drop(self, call: str) -> None:
        """Forget a call, which has left or is talking."""
        self.board.drop(call)
        self.told.pop(call, None)

    def release(self, waiting: Waiting, cause: ReleaseCause) -> None:
        """Send a call elsewhere."""
        self.drop(waiting.call)
        self.instructions.append(Release(waiting.call, waiting.queue.name, cause))

    def stop_ringing_for(self, call: str) -> None:
        """Stop the phone that rings for a call, if one does."""
        agent = self.board.calls[call].offered_to
        if agent is not None:
            self.withdraw_from(self.board.seats[agent])

    def relax(self, waiting: Waiting) -> None:
        """Let a call go on to the stage it has reached by now."""
        relaxed = in_stage(waiting, self.now, self.board.lane)
        if relaxed is not waiting:
            self.keep(relaxed)
            if relaxed.relaxes_at is not None:
                self.timers.foresee(relaxed.relaxes_at, "relax", relaxed.call)

    def _mind_limits(self, waiting: Waiting, *, new: bool = False) -> None:
        must_go = waiting.must_go_at
        if must_go is not None and must_go > self.now:
            self.timers.foresee(must_go, "limit", waiting.call)
        elif must_go is not None:
            self.strained.append(waiting.call)
        if new and waiting.queue.most is not None and not waiting.callback:
            self.strained.append(waiting.call)

    def mind_reserves(self, waiting: Waiting) -> None:
        """Foresee when nobody is kept from the call any more."""
        for reserve in self.board.reserves.values():
            until = waiting.place[0] + reserve.head_start
            if until > self.now:
                self.timers.foresee(until, "kept", waiting.call)

    # Agents

    def put(self, seat: Seat) -> None:
        """Put a seat whose agent may be another's own; those calls wait for anybody if need be."""
        self.board.put(seat)
        if not seat.working or self.staff_changed:
            self._let_go(seat.name)

    def withdraw_from(self, seat: Seat) -> Seat:
        """The seat with no phone ringing; the call it rang for waits again in its place."""
        if seat.state != "ringing" or seat.call is None:
            return seat
        self.instructions.append(Withdraw(seat.call, seat.name))
        waiting = self.board.calls[seat.call]
        seat = seat.to("free", self.now)
        self.board.put(seat)
        self.requeue(waiting)
        return seat

    def go_home(self, agent: str) -> None:
        """Take out an agent who has logged out."""
        self.board.remove(agent)
        self.occupancy.forget(agent)
        self._let_go(agent)

    def worked(self, seat: Seat) -> Seat:
        """Count the talk or wrap-up that ends now."""
        if seat.state in ("talking", "wrap_up"):
            self.occupancy.busy(seat.name, seat.since, self.now)
        return seat

    def free_after_work(self, seat: Seat, at: float) -> None:
        """Make an agent free who has talked or wrapped up until `at`, or let them rest."""
        if seat.state == "wrap_up":
            self.occupancy.busy(seat.name, seat.since, at)
        free, until = seat.to("free", at), self.occupancy.rests_until(seat.name, self.now)
        self.board.put(free if until is None else self.rested(free, until, "occupancy"))

    def rested(self, seat: Seat, until: float, why: Rest) -> Seat:
        """The seat of an agent who rests, and that this ends by itself."""
        self.timers.foresee(until, "rest", seat.name)
        return replace(seat, rests_until=until, rest=why)

    def _let_go(self, agent: str) -> None:
        for place in tuple(self.board.own.get(agent, ())):
            self.keep(self.board.calls[place[-1]])
