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

`routing.states` says what each event makes of an agent in each state, `routing.offering` which calls
are offered to whom after every event, and `routing.timers` what time alone will change.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, ClassVar, cast

from routing.events import (
    AgentArrived,
    AgentEvent,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallbackAsked,
    CallbackPostponed,
    CallLeft,
    CallMoved,
    CallReordered,
    CallWaits,
    CallWithdrawn,
    Event,
    IllegalEvent,
    Instruction,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
    QueuesChanged,
    Release,
    ReleaseCause,
    SetAside,
    TalkOver,
    Withdraw,
    WrapUpExtended,
)
from routing.model import Queue, Rest, Seat, State, Waiting
from routing.offering import offers_of
from routing.policy import in_stage, moved, put_in_place, waiting_for
from routing.reserve import reserves_of
from routing.rest import Occupancy
from routing.states import TABLE
from routing.timers import Timers
from routing.views import Views
from routing.waiting import rivals

MISSED = "missed calls"
"""The reason for the pause of an agent who was set aside."""


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
        self._queues = dict(queues)
        self._board.reserves = reserves_of(queues.values())
        self._misses_allowed = misses_before_set_aside
        self._occupancy = Occupancy(occupancy_limit)
        self._talks: dict[str, str] = {}  # call → agent
        self._unreachable: set[str] = set()  # phones, of agents logged in or not
        self._timers = Timers(self._board)
        self._arrivals = 0
        self._now = float("-inf")
        self._staff_changed = False
        self._strained: list[str] = []  # calls that may be beyond a limit of their queue
        self._instructions: list[Instruction] = []

    def handle(self, event: Event, now: float) -> list[Instruction]:
        """Take in what happened at `now`; return what is to be done, in this order.

        IllegalEvent for what cannot be, ValueError for stages out of order; then nothing has
        changed but what time alone changes.
        """
        if now < self._now:
            raise IllegalEvent(f"{event}: time runs backwards, from {self._now:g} to {now:g}.")
        self._now = now
        self._let_time_pass()
        self._take_in(event)
        if self._staff_changed:
            self._help_the_stranded()
        if self._board.refused:
            for waiting in self._board.only_excluded():
                self._board.keep(replace(waiting, excluded=frozenset()))
        if self._board.offerable:
            self._instructions += offers_of(self._board, self._now)
        if self._strained:
            self._release_those_beyond_limits()
        instructions, self._instructions = self._instructions, []
        return instructions

    def next_wake(self) -> float | None:
        """When time alone will next change something: send TimePassed then. None: not foreseen."""
        return self._timers.next()

    # What happens to calls

    def _take_in(self, event: Event) -> None:
        handler = self._HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def _queues_changed(self, event: QueuesChanged) -> None:
        self._queues = dict(event.queues)
        self._board.reserves = reserves_of(self._queues.values())
        for waiting in self._board.calls.values():
            self._mind_reserves(waiting)

    def _call_waits(self, event: CallWaits) -> None:
        queue = self._queue(event, event.queue)
        if event.call in self._board.calls:
            raise IllegalEvent(f"{event}: the call waits already.")
        if event.call in self._talks:
            raise IllegalEvent(f"{event}: the call is talking to {self._talks[event.call]}.")
        self._arrivals += 1
        waiting = waiting_for(event, queue, self._arrivals, self._now, self._board.lane)
        self._board.lane(waiting.need).asked_at = self._now
        self._begin(waiting)

    def _call_left(self, event: CallLeft | CallWithdrawn) -> None:
        waiting = self._board.calls.get(event.call)
        if waiting is None:
            return  # Somebody talks to it, and TalkOver will say when that ends; or it left before.
        if waiting.offered_to is not None:
            seat = self._board.seats[waiting.offered_to]
            self._board.put(seat.to("free", self._now))
        self._drop(event.call)

    def _call_reordered(self, event: CallReordered) -> None:
        board, waiting = self._board, self._board.calls.get(event.call)
        if waiting is None or waiting.offered_to is not None:
            return
        lane = board.lane(waiting.need)
        others = [
            board.calls[place[-1]]
            for place in sorted(chain.from_iterable(rivals(lane, board.lanes.values())))
            if place != waiting.place
        ]
        reordered = put_in_place(waiting, event.place, others)
        board.keep(reordered)
        self._mind_reserves(reordered)

    def _call_moved(self, event: CallMoved) -> None:
        queue = self._queue(event, event.queue)
        if event.call not in self._board.calls:
            return
        there = moved(self._board.calls[event.call], event, queue, self._now, self._board.lane)
        self._stop_ringing_for(event.call)
        self._begin(replace(there, offered_to=None))

    def _call_withdrawn(self, event: CallWithdrawn) -> None:
        waiting = self._board.calls.get(event.call)
        if waiting is not None:
            self._stop_ringing_for(event.call)
            self._release(waiting, "withdrawn")

    def _callback_asked(self, event: CallbackAsked) -> None:
        if event.call in self._board.calls:
            self._stop_ringing_for(event.call)
            waiting = self._board.calls[event.call]
            self._board.keep(replace(waiting, callback=True, own_until=None, spare_until=None))

    def _callback_postponed(self, event: CallbackPostponed) -> None:
        waiting = self._board.calls.get(event.call)
        if waiting is None:
            return
        if not waiting.callback:
            raise IllegalEvent(f"{event}: the call has a caller on the line.")
        if waiting.offered_to is not None:
            self._board.put(self._board.seats[waiting.offered_to].to("free", self._now))
        until = event.until if event.until > self._now else None
        self._begin(replace(waiting, offered_to=None, not_before=until))

    # What happens to agents

    def _agent_arrived(self, event: AgentArrived) -> None:
        name, now = event.agent.name, self._now
        self._staff_changed = True
        seat = self._board.seats.get(name)
        if seat is None:
            reachable = name not in self._unreachable
            state: State = "free" if event.paused is None else "paused"
            self._board.put(Seat(event.agent, state, now, now, reachable, event.paused))
            return
        if seat.leaving:  # logged out during the talk, and in again before its end
            seat = replace(seat, leaving=False, pause=None)
        self._put(replace(seat, agent=event.agent))
        if event.paused is not None:
            self._agent_paused(AgentPaused(name, event.paused))

    def _agent_left(self, event: AgentLeft) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None:
            return
        self._staff_changed = True
        if self._after(event, seat) == "talking":
            self._put(replace(seat, leaving=True))
            return
        self._withdraw_from(seat)
        self._go_home(event.agent)

    def _agent_paused(self, event: AgentPaused) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None:
            return
        state = self._after(event, seat)
        seat = self._withdraw_from(seat)
        self._put(replace(self._worked(seat).to(state, self._now), pause=event.reason))

    def _agent_resumed(self, event: AgentResumed) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None:
            return
        state = self._after(event, seat)
        fresh = replace(seat, pause=None, misses=0, rests_until=None, rest=None)
        if seat.state == "wrap_up":
            self._free_after_work(fresh, self._now)
        else:
            self._board.put(fresh.to(state, self._now))

    def _wrap_up_extended(self, event: WrapUpExtended) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None or seat.state != "wrap_up" or seat.until is None:
            return
        until = max(self._now, seat.until + event.seconds)
        self._timers.foresee(until, "wrap_up", event.agent)
        self._board.put(replace(seat, until=until))

    def _phone_seen(self, event: PhoneSeen) -> None:
        (self._unreachable.discard if event.reachable else self._unreachable.add)(event.agent)
        seat = self._board.seats.get(event.agent)
        if seat is None or seat.reachable == event.reachable:
            return
        if not event.reachable:
            seat = self._withdraw_from(seat)
        # A phone that comes back goes last: it may be a flaky one.
        self._put(replace(seat, reachable=event.reachable, idle_since=self._now))

    def _offer_accepted(self, event: OfferAccepted) -> None:
        waiting = self._board.calls.get(event.call)
        if waiting is None:
            return  # The caller hung up as the phone was lifted.
        seat = self._board.seats.get(event.agent)
        state = self._after(event, seat) if seat is not None else "away"
        # The offer may have been withdrawn as the phone was lifted. But the two are talking now,
        # and what has been arranged for either of them since gives way.
        if waiting.offered_to is not None and waiting.offered_to != event.agent:
            self._withdraw_from(self._board.seats[waiting.offered_to])
        if seat is not None and seat.call != event.call:
            seat = self._withdraw_from(seat)
        self._drop(event.call)
        if seat is None:
            return  # Logged out as the phone was lifted: a talk the floor has no seat for.
        self._talks[event.call] = event.agent
        self._worked(seat)
        if seat.misses or seat.rest is not None:
            seat = replace(seat, misses=0, rests_until=None, rest=None)
        self._board.put(seat.to(state, self._now, call=event.call, queue=waiting.queue))

    def _offer_refused(self, event: OfferRefused) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None or seat.queue is None or seat.call != event.call:
            return  # Withdrawn, or the caller hung up, as the phone gave up.
        state, now = self._after(event, seat), self._now
        misses, rest = seat.misses + 1, seat.queue.cool_downs.after(event.cause)
        if misses < self._misses_allowed:
            last = replace(seat.to(state, now), idle_since=now, misses=misses)
            self._put(self._rested(last, now + rest, event.cause) if rest > 0 else last)
        else:
            self._put(replace(seat.to("paused", now), pause=MISSED, misses=misses))
            self._instructions.append(SetAside(event.agent, event.cause, misses))
        waiting = self._board.calls[event.call]
        self._requeue(replace(waiting, excluded=waiting.excluded | {event.agent}))

    def _talk_over(self, event: TalkOver) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None or seat.call != event.call or seat.queue is None:
            return  # A talk the floor has no seat for.
        state, now = self._after(event, seat), self._now
        del self._talks[event.call]
        self._handle_times.add(seat.queue.name, now - seat.since + seat.queue.wrap_up)
        self._worked(seat)
        if seat.leaving:
            self._staff_changed = True
            self._go_home(event.agent)
        elif seat.pause is not None:
            self._board.put(seat.to("paused", now))
        elif seat.queue.wrap_up > 0:
            until = now + seat.queue.wrap_up
            self._timers.foresee(until, "wrap_up", event.agent)
            self._board.put(seat.to(state, now, until=until))
        else:
            self._free_after_work(seat, now)

    # What follows

    def _release_those_beyond_limits(self) -> None:
        strained, self._strained = self._strained, []
        for call in strained:
            waiting = self._board.calls.get(call)
            if waiting is None or waiting.offered_to is not None or not waiting.limits:
                continue
            queue = waiting.queue
            if waiting.must_go_at is not None and waiting.must_go_at <= self._now:
                self._release(waiting, "waited")
            elif queue.most is not None and self._board.queued[queue.name] > queue.most:
                self._release(waiting, "full")

    def _after(self, event: AgentEvent, seat: Seat) -> State:
        """The state TABLE gives, or IllegalEvent."""
        state = TABLE[type(event)][seat.state]
        if state == "!":
            raise IllegalEvent(f"{event}: {seat.name} is {seat.state} (call {seat.call}).")
        return seat.state if state == "-" else cast(State, state)

    def _queue(self, event: CallWaits | CallMoved, name: str) -> Queue:
        queue = self._queues.get(name)
        if queue is None:
            raise IllegalEvent(f"{event}: there is no queue {name}.")
        return queue

    def _begin(self, waiting: Waiting) -> None:
        """Let a call wait, and foresee all that time will change about it."""
        waiting = self._keep(waiting)
        self._timers.begin(waiting)
        self._mind_reserves(waiting)
        self._mind_limits(waiting, new=True)

    def _keep(self, waiting: Waiting) -> Waiting:
        """Keep the call; it no longer waits for its own agent if they cannot be expected."""
        if waiting.own_until is not None:
            seat = self._board.seats.get(waiting.preferred or "")
            if (
                seat is None
                or not seat.working
                or seat.name in waiting.excluded
                or not waiting.need.met_by(seat.agent)
            ):
                waiting = replace(waiting, own_until=None)
        self._board.keep(waiting)
        return waiting

    def _requeue(self, waiting: Waiting) -> None:
        """Let a call wait again in its place after a phone rang for it."""
        self._keep(replace(waiting, offered_to=None))
        self._mind_limits(waiting)

    def _mind_limits(self, waiting: Waiting, *, new: bool = False) -> None:
        must_go = waiting.must_go_at
        if must_go is not None and must_go > self._now:
            self._timers.foresee(must_go, "limit", waiting.call)
        elif must_go is not None:
            self._strained.append(waiting.call)
        if new and waiting.queue.most is not None and not waiting.callback:
            self._strained.append(waiting.call)

    def _mind_reserves(self, waiting: Waiting) -> None:
        """Foresee when nobody is kept from the call any more."""
        for reserve in self._board.reserves.values():
            until = waiting.place[0] + reserve.head_start
            if until > self._now:
                self._timers.foresee(until, "kept", waiting.call)

    def _drop(self, call: str) -> None:
        self._board.drop(call)
        self._told.pop(call, None)

    def _release(self, waiting: Waiting, cause: ReleaseCause) -> None:
        self._drop(waiting.call)
        self._instructions.append(Release(waiting.call, waiting.queue.name, cause))

    def _stop_ringing_for(self, call: str) -> None:
        agent = self._board.calls[call].offered_to
        if agent is not None:
            self._withdraw_from(self._board.seats[agent])

    def _withdraw_from(self, seat: Seat) -> Seat:
        """The seat with no phone ringing; the call it rang for waits again in its place."""
        if seat.state != "ringing" or seat.call is None:
            return seat
        self._instructions.append(Withdraw(seat.call, seat.name))
        waiting = self._board.calls[seat.call]
        seat = seat.to("free", self._now)
        self._board.put(seat)
        self._requeue(waiting)
        return seat

    def _put(self, seat: Seat) -> None:
        """Put a seat whose agent may be another's own; those calls wait for anybody if need be."""
        self._board.put(seat)
        if not seat.working or self._staff_changed:
            self._let_go(seat.name)

    def _let_go(self, agent: str) -> None:
        for place in tuple(self._board.own.get(agent, ())):
            self._keep(self._board.calls[place[-1]])

    def _go_home(self, agent: str) -> None:
        self._board.remove(agent)
        self._occupancy.forget(agent)
        self._let_go(agent)

    def _worked(self, seat: Seat) -> Seat:
        """Count the talk or wrap-up that ends now."""
        if seat.state in ("talking", "wrap_up"):
            self._occupancy.busy(seat.name, seat.since, self._now)
        return seat

    def _free_after_work(self, seat: Seat, at: float) -> None:
        if seat.state == "wrap_up":
            self._occupancy.busy(seat.name, seat.since, at)
        free, until = seat.to("free", at), self._occupancy.rests_until(seat.name, self._now)
        self._board.put(free if until is None else self._rested(free, until, "occupancy"))

    def _rested(self, seat: Seat, until: float, why: Rest) -> Seat:
        self._timers.foresee(until, "rest", seat.name)
        return replace(seat, rests_until=until, rest=why)

    def _help_the_stranded(self) -> None:
        """Calls that nobody logged in could serve go on to a stage that somebody could."""
        self._staff_changed = False
        for waiting in tuple(self._board.stranded()):
            self._relax(waiting)

    def _relax(self, waiting: Waiting) -> None:
        relaxed = in_stage(waiting, self._now, self._board.lane)
        if relaxed is not waiting:
            self._keep(relaxed)
            if relaxed.relaxes_at is not None:
                self._timers.foresee(relaxed.relaxes_at, "relax", relaxed.call)

    # What time alone does

    def _let_time_pass(self) -> None:
        for at, kind, name in self._timers.due(self._now):
            if kind == "wrap_up":
                self._free_after_work(self._board.seats[name], at)
            elif kind == "rest":
                seat = self._board.seats[name]
                self._board.put(replace(seat, rests_until=None, rest=None))
            elif kind == "relax":
                self._relax(self._board.calls[name])
            elif kind == "limit":
                self._strained.append(name)
            elif kind == "own":
                self._keep(replace(self._board.calls[name], own_until=None))
            elif kind == "spare":
                self._keep(replace(self._board.calls[name], spare_until=None))
            elif kind == "later":
                self._keep(replace(self._board.calls[name], not_before=None))
            # From a call that stands high enough by now, "kept", `offers_of` keeps nobody.

    _HANDLERS: ClassVar[dict[type[Event], Callable[["Floor", Any], None]]] = {
        CallWaits: _call_waits,
        CallLeft: _call_left,
        CallReordered: _call_reordered,
        CallMoved: _call_moved,
        CallWithdrawn: _call_withdrawn,
        CallbackAsked: _callback_asked,
        CallbackPostponed: _callback_postponed,
        AgentArrived: _agent_arrived,
        AgentLeft: _agent_left,
        AgentPaused: _agent_paused,
        AgentResumed: _agent_resumed,
        WrapUpExtended: _wrap_up_extended,
        PhoneSeen: _phone_seen,
        OfferAccepted: _offer_accepted,
        OfferRefused: _offer_refused,
        TalkOver: _talk_over,
        QueuesChanged: _queues_changed,
    }
