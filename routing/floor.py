"""The floor: what every event makes of calls and agents, and what is to be done about it.

A call has one place from the moment it waits until somebody talks to it: arrival less head start.
After every event calls are served in that order, each by the best agent who is free for it, until
no free agent could take any call that waits. So nobody who could be served waits behind somebody
who cannot, and a call is overtaken only by calls that come within the difference of head starts.

An agent is free beside a call they could serve only while, and no longer than:
- the call waits for its own agent, who is at work (the patience it came with);
- others need the agent more (`spare` seconds of its queue, from its beginning to wait);
- the agent is one of the last free whom a queue keeps for callers who would be ahead of the call,
  others of them being at work (`routing.reserve`);
- the agent rests and somebody else at work could serve the call (a cool-down, an hour too busy);
- the call excludes the agent, who did not take it, and somebody else at work could serve it;
- the call is a callback that is postponed, or a call ahead of it waits for the same agent.

An offer not taken leaves the call in its place, and it is offered on at once; that agent is not
asked for this call again while anybody else at work could ever serve it, rests for a little, and is
paused after several misses in a row, so an empty chair costs few callers a ring.

`routing.call_events` and `routing.agent_events` say what each event makes of calls and agents (by the
table of `routing.states`), `routing.changes` what follows from that, `routing.offering` which calls are
offered to whom after every event, and `routing.timers` what time alone will change.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from routing.agent_events import ON_AGENTS
from routing.call_events import ON_CALLS
from routing.changes import Changes
from routing.events import Event, IllegalEvent, Instruction, QueuesChanged
from routing.model import Queue
from routing.offering import offers_of
from routing.rest import Occupancy
from routing.views import Views


class Floor(Views):
    """All waiting calls and logged-in agents of a hotline.

    `misses_before_set_aside`: so many offers not taken in a row pause an agent; ValueError below 1.
    `occupancy_limit`: agents rest who were busy for a greater share of the last hour.
    """

    def __init__(
        self,
        queues: Mapping[str, Queue],
        misses_before_set_aside: int = 2,
        *,
        occupancy_limit: float | None = None,
    ) -> None:
        if misses_before_set_aside < 1:
            raise ValueError("An agent is set aside after one missed call at the earliest.")
        super().__init__()
        self._changes = Changes(
            self._board,
            self._told,
            self._handle_times,
            Occupancy(occupancy_limit),
            misses_before_set_aside,
        )
        self._changes.open(queues)

    def handle(self, event: Event, now: float) -> list[Instruction]:
        """Take in what happened at `now`; return what is to be done, in this order.

        IllegalEvent for what cannot be, ValueError for stages out of order; then nothing has
        changed but what time alone changes.
        """
        board, changes = self._board, self._changes
        if now < changes.now:
            raise IllegalEvent(f"{event}: time runs backwards, from {changes.now:g} to {now:g}.")
        changes.now = now
        self._let_time_pass()
        on = _ON.get(type(event))
        if on is not None:
            on(changes, event)
        if changes.staff_changed:
            self._help_the_stranded()
        if board.refused:
            for waiting in board.only_excluded():
                board.keep(replace(waiting, excluded=frozenset()))
        if board.offerable:
            changes.instructions += offers_of(board, now)
        if changes.strained:
            self._release_those_beyond_limits()
        instructions, changes.instructions = changes.instructions, []
        return instructions

    def next_wake(self) -> float | None:
        """When time alone will next change something: send TimePassed then. None: not foreseen."""
        return self._changes.timers.next()

    def _let_time_pass(self) -> None:
        board, changes = self._board, self._changes
        for at, kind, name in changes.timers.due(changes.now):
            if kind == "wrap_up":
                changes.free_after_work(board.seats[name], at)
            elif kind == "rest":
                board.put(replace(board.seats[name], rests_until=None, rest=None))
            elif kind == "relax":
                changes.relax(board.calls[name])
            elif kind == "limit":
                changes.strained.append(name)
            elif kind == "own":
                changes.keep(replace(board.calls[name], own_until=None))
            elif kind == "spare":
                changes.keep(replace(board.calls[name], spare_until=None))
            elif kind == "later":
                changes.keep(replace(board.calls[name], not_before=None))
            # From a call that stands high enough by now, "kept", `offers_of` keeps nobody.

    def _help_the_stranded(self) -> None:
        """Calls that nobody logged in could serve go on to a stage that somebody could."""
        self._changes.staff_changed = False
        for waiting in tuple(self._board.stranded()):
            self._changes.relax(waiting)

    def _release_those_beyond_limits(self) -> None:
        changes = self._changes
        strained, changes.strained = changes.strained, []
        for call in strained:
            waiting = self._board.calls.get(call)
            if waiting is None or waiting.offered_to is not None or not waiting.limits:
                continue
            queue = waiting.queue
            if waiting.must_go_at is not None and waiting.must_go_at <= changes.now:
                changes.release(waiting, "waited")
            elif queue.most is not None and self._board.queued[queue.name] > queue.most:
                changes.release(waiting, "full")


def _queues_changed(changes: Changes, event: QueuesChanged) -> None:
    changes.open(event.queues)


_ON: Mapping[type[Event], Callable[[Changes, Any], None]] = {
    **ON_CALLS,
    **ON_AGENTS,
    QueuesChanged: _queues_changed,
}
