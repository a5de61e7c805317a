"""The floor: what every event makes of calls and agents, and what is to be done about it.

A call has one place from the moment it waits until somebody talks to it: arrival less head start.
After every event calls are served in that order, each by the best agent who is free for it, until
no free agent could take any call that waits. So nobody who could be served waits behind somebody
who cannot, and a call is overtaken only by calls that come within the difference of head starts.

An offer not taken leaves the call in its place, and it is offered on at once; that agent is not
asked for this call again while anybody else at work could ever serve it. The agent goes last among
the free (no cool-down: it would keep callers waiting while somebody is free) and is paused after
several misses in a row, so an empty chair costs few callers a ring.

TABLE below says what each event makes of an agent in each state. A test walks every cell of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from heapq import heappop, heappush
from typing import Literal, cast

from routing.board import Board
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
    Offer,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
    QueuesChanged,
    Release,
    SetAside,
    TalkOver,
    TimePassed,
    Withdraw,
    WrapUpExtended,
)
from routing.match import Decision, Verdict, choose, verdicts
from routing.model import Need, Queue, Seat, State, Waiting
from routing.policy import in_stage, waiting_for
from routing.waiting import HandleTimes, ahead, expected_wait

MISSED = "missed calls"
"""The reason for the pause of an agent who was set aside."""

STATES: tuple[State, ...] = ("away", "free", "ringing", "talking", "wrap_up", "paused")

# "-" leaves the state as it is: the event changes nothing, takes effect after the talk, or has
# crossed with another one. "!" cannot be, and raises. Where a cell has a second end, it is noted.
TABLE: dict[type[AgentEvent], dict[State, str]] = {
    event: dict(zip(STATES, row.split(), strict=True))
    for event, row in {
        # ·············away  free     ringing  talking  wrap_up  paused
        AgentArrived: "free  -        -        -        -        -      ",  # or paused
        AgentPaused: " -     paused   paused   -        paused   paused ",
        AgentResumed: "-     -        -        -        free     free   ",
        AgentLeft: "   -     away     away     -        away     away   ",
        WrapUpExtended: "- -       -        -        -        -      ",
        PhoneSeen: "   -     -        free     -        -        -      ",  # "-" when reachable
        OfferAccepted: "-    talking  talking  !        talking  talking",
        OfferRefused: "-     -        free     !        -        -      ",  # or paused: set aside
        TalkOver: "    -     -        !        wrap_up  -        -      ",  # or away, paused, free
    }.items()
}

Timer = tuple[float, Literal["relax", "wrap_up"], str]


class Floor:
    """All waiting calls and logged-in agents of a hotline.

    `misses_before_set_aside`: so many offers not taken in a row pause an agent; ValueError below 1.
    """

    def __init__(self, queues: Mapping[str, Queue], misses_before_set_aside: int = 2) -> None:
        if misses_before_set_aside < 1:
            raise ValueError("An agent is set aside after one missed call at the earliest.")
        self._queues = dict(queues)
        self._misses_allowed = misses_before_set_aside
        self._board = Board()
        self._talks: dict[str, str] = {}  # call → agent
        self._unreachable: set[str] = set()  # phones, of agents logged in or not
        self._handle_times = HandleTimes()
        self._timers: list[Timer] = []  # a heap; what events have overtaken is skipped
        self._arrivals = 0
        self._now = float("-inf")
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
        for waiting in self._board.only_excluded():
            self._board.keep(replace(waiting, excluded=frozenset()))
        while (next_call := self._board.first_servable()) is not None:
            self._offer(next_call)
        instructions, self._instructions = self._instructions, []
        return instructions

    def next_wake(self) -> float | None:
        """When time alone will next change something: send TimePassed then. None: not foreseen."""
        while self._timers and not self._still_due(self._timers[0]):
            heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    # What may be asked

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

    def staffed(self, skill: str) -> bool:
        """Whether a logged-in agent has `skill`, at any level and in whatever state."""
        return self.can_ever_serve(Need({skill: 1}))

    def can_ever_serve(self, need: Need) -> bool:
        """Whether a logged-in agent meets `need`, in whatever state."""
        return any(need.met_by(seat.agent) for seat in self.agents() if not seat.leaving)

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
        handle_time = self._handle_times.mean(waiting.queue.name)
        return expected_wait(waiting, self._board.lanes, handle_time, now)

    def explain(self, call: str, now: float) -> tuple[Verdict, ...]:
        """Why nobody takes a call yet, agent by agent; empty unless it waits with no phone ringing.

        For a ringing call the reasons are those of its offer's decision.
        """
        waiting = self._board.calls.get(call)
        if waiting is None or waiting.offered_to is not None:
            return ()
        return verdicts(waiting, self.agents(), None, now)

    # What happens

    def _take_in(self, event: Event) -> None:
        match event:
            case CallWaits():
                self._call_waits(event)
            case CallLeft():
                self._call_left(event)
            case AgentArrived():
                self._agent_arrived(event)
            case AgentLeft():
                self._agent_left(event)
            case AgentPaused():
                self._agent_paused(event)
            case AgentResumed():
                self._agent_resumed(event)
            case PhoneSeen():
                self._phone_seen(event)
            case OfferAccepted():
                self._offer_accepted(event)
            case OfferRefused():
                self._offer_refused(event)
            case TalkOver():
                self._talk_over(event)
            case QueuesChanged():
                self._queues = dict(event.queues)
            case CallWithdrawn():
                if event.call in self._board.calls:
                    queue = self._board.calls[event.call].queue.name
                    self._call_left(CallLeft(event.call))
                    self._instructions.append(Release(event.call, queue, "withdrawn"))
            case TimePassed() | WrapUpExtended() | CallReordered() | CallMoved():
                pass
            case CallbackAsked() | CallbackPostponed():
                pass

    def _call_waits(self, event: CallWaits) -> None:
        queue = self._queues.get(event.queue)
        if queue is None:
            raise IllegalEvent(f"{event}: there is no queue {event.queue}.")
        if event.call in self._board.calls:
            raise IllegalEvent(f"{event}: the call waits already.")
        if event.call in self._talks:
            raise IllegalEvent(f"{event}: the call is talking to {self._talks[event.call]}.")
        self._arrivals += 1
        self._keep_and_relax(waiting_for(event, queue, self._arrivals, self._now))

    def _call_left(self, event: CallLeft) -> None:
        waiting = self._board.calls.get(event.call)
        if waiting is None:
            return  # Somebody talks to it, and TalkOver will say when that ends; or it left before.
        if waiting.offered_to is not None:
            seat = self._board.seats[waiting.offered_to]
            self._board.put(seat.to("free", self._now))
        self._board.drop(event.call)

    def _agent_arrived(self, event: AgentArrived) -> None:
        name, now = event.agent.name, self._now
        seat = self._board.seats.get(name)
        if seat is None:
            reachable = name not in self._unreachable
            state: State = "free" if event.paused is None else "paused"
            self._board.put(Seat(event.agent, state, now, now, reachable, event.paused))
            return
        if seat.leaving:  # logged out during the talk, and in again before its end
            seat = replace(seat, leaving=False, pause=None)
        self._board.put(replace(seat, agent=event.agent))
        if event.paused is not None:
            self._agent_paused(AgentPaused(name, event.paused))

    def _agent_left(self, event: AgentLeft) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None:
            return
        if self._after(event, seat) == "talking":
            self._board.put(replace(seat, leaving=True))
            return
        self._withdraw_from(seat)
        self._board.remove(event.agent)

    def _agent_paused(self, event: AgentPaused) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None:
            return
        state = self._after(event, seat)
        seat = self._withdraw_from(seat)
        self._board.put(replace(seat.to(state, self._now), pause=event.reason))

    def _agent_resumed(self, event: AgentResumed) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None:
            return
        state = self._after(event, seat)
        self._board.put(replace(seat.to(state, self._now), pause=None, misses=0))

    def _phone_seen(self, event: PhoneSeen) -> None:
        (self._unreachable.discard if event.reachable else self._unreachable.add)(event.agent)
        seat = self._board.seats.get(event.agent)
        if seat is None or seat.reachable == event.reachable:
            return
        if not event.reachable:
            seat = self._withdraw_from(seat)
        # A phone that comes back goes last: it may be a flaky one.
        self._board.put(replace(seat, reachable=event.reachable, idle_since=self._now))

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
        self._board.drop(event.call)
        if seat is None:
            return  # Logged out as the phone was lifted: a talk the floor has no seat for.
        seat = replace(seat.to(state, self._now), call=event.call, queue=waiting.queue, misses=0)
        self._talks[event.call] = event.agent
        self._board.put(seat)

    def _offer_refused(self, event: OfferRefused) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None or seat.call != event.call:
            return  # Withdrawn, or the caller hung up, as the phone gave up.
        state = self._after(event, seat)
        waiting = self._board.calls[event.call]
        excluded = waiting.excluded | {event.agent}
        self._board.keep(replace(waiting, offered_to=None, excluded=excluded))
        misses = seat.misses + 1
        if misses < self._misses_allowed:
            last = replace(seat.to(state, self._now), idle_since=self._now, misses=misses)
            self._board.put(last)
        else:
            aside = replace(seat.to("paused", self._now), pause=MISSED, misses=misses)
            self._board.put(aside)
            self._instructions.append(SetAside(event.agent, event.cause, misses))

    def _talk_over(self, event: TalkOver) -> None:
        seat = self._board.seats.get(event.agent)
        if seat is None or seat.call != event.call or seat.queue is None:
            return  # A talk the floor has no seat for.
        state = self._after(event, seat)
        del self._talks[event.call]
        self._handle_times.add(seat.queue.name, self._now - seat.since + seat.queue.wrap_up)
        if seat.leaving:
            self._board.remove(event.agent)
        elif seat.pause is not None:
            self._board.put(seat.to("paused", self._now))
        elif seat.queue.wrap_up > 0:
            until = self._now + seat.queue.wrap_up
            heappush(self._timers, (until, "wrap_up", event.agent))
            self._board.put(replace(seat.to(state, self._now), until=until))
        else:
            self._board.put(seat.to("free", self._now))

    # What follows

    def _after(self, event: AgentEvent, seat: Seat) -> State:
        """The state TABLE gives, or IllegalEvent."""
        state = TABLE[type(event)][seat.state]
        if state == "!":
            raise IllegalEvent(f"{event}: {seat.name} is {seat.state} (call {seat.call}).")
        return seat.state if state == "-" else cast(State, state)

    def _offer(self, waiting: Waiting) -> None:
        lane, seats = self._board.lanes[waiting.need], self._board.seats
        agent = choose(waiting, lane, seats)
        decision = Decision(waiting, agent, self._now, self.agents())
        self._instructions.append(Offer(decision, waiting.queue.ring))
        self._board.keep(replace(waiting, offered_to=agent))
        ringing = seats[agent].to("ringing", self._now)
        self._board.put(replace(ringing, call=waiting.call, queue=waiting.queue))

    def _withdraw_from(self, seat: Seat) -> Seat:
        """The seat with no phone ringing; the call it rang for waits again in its place."""
        if seat.state != "ringing" or seat.call is None:
            return seat
        self._instructions.append(Withdraw(seat.call, seat.name))
        waiting = self._board.calls[seat.call]
        self._board.keep(replace(waiting, offered_to=None))
        seat = seat.to("free", self._now)
        self._board.put(seat)
        return seat

    def _keep_and_relax(self, waiting: Waiting) -> None:
        self._board.keep(waiting)
        if waiting.relaxes_at is not None:
            heappush(self._timers, (waiting.relaxes_at, "relax", waiting.call))

    def _let_time_pass(self) -> None:
        while self._timers and self._timers[0][0] <= self._now:
            timer = heappop(self._timers)
            if not self._still_due(timer):
                continue
            at, kind, name = timer
            if kind == "relax":
                self._keep_and_relax(in_stage(self._board.calls[name], self._now))
            else:
                self._board.put(self._board.seats[name].to("free", at))

    def _still_due(self, timer: Timer) -> bool:
        at, kind, name = timer
        if kind == "relax":
            waiting = self._board.calls.get(name)
            return waiting is not None and waiting.relaxes_at == at
        seat = self._board.seats.get(name)
        return seat is not None and seat.until == at
