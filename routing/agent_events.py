"""What does each event make of an agent, and of the call that the agent was rung for?

`routing.states` has the table; here is what else belongs to each of its cells.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from routing.changes import Changes
from routing.events import (
    AgentArrived,
    AgentEvent,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    Event,
    IllegalEvent,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
    SetAside,
    TalkOver,
    WrapUpExtended,
)
from routing.model import Seat, State
from routing.states import TABLE

MISSED = "missed calls"
"""The reason for the pause of an agent who was set aside."""


def _agent_arrived(changes: Changes, event: AgentArrived) -> None:
    name, now = event.agent.name, changes.now
    changes.staff_changed = True
    seat = changes.board.seats.get(name)
    if seat is None:
        reachable = name not in changes.unreachable
        state: State = "free" if event.paused is None else "paused"
        changes.board.put(Seat(event.agent, state, now, now, reachable, event.paused))
        return
    if seat.leaving:  # logged out during the talk, and in again before its end
        seat = replace(seat, leaving=False, pause=None)
    changes.put(replace(seat, agent=event.agent))
    if event.paused is not None:
        _agent_paused(changes, AgentPaused(name, event.paused))


def _agent_left(changes: Changes, event: AgentLeft) -> None:
    seat = changes.board.seats.get(event.agent)
    if seat is None:
        return
    changes.staff_changed = True
    if _after(event, seat) == "talking":
        changes.put(replace(seat, leaving=True))
        return
    changes.withdraw_from(seat)
    changes.go_home(event.agent)


def _agent_paused(changes: Changes, event: AgentPaused) -> None:
    seat = changes.board.seats.get(event.agent)
    if seat is None:
        return
    state = _after(event, seat)
    seat = changes.withdraw_from(seat)
    changes.put(replace(changes.worked(seat).to(state, changes.now), pause=event.reason))


def _agent_resumed(changes: Changes, event: AgentResumed) -> None:
    seat = changes.board.seats.get(event.agent)
    if seat is None:
        return
    state = _after(event, seat)
    fresh = replace(seat, pause=None, misses=0, rests_until=None, rest=None)
    if seat.state == "wrap_up":
        changes.free_after_work(fresh, changes.now)
    else:
        changes.board.put(fresh.to(state, changes.now))


def _wrap_up_extended(changes: Changes, event: WrapUpExtended) -> None:
    seat = changes.board.seats.get(event.agent)
    if seat is None or seat.state != "wrap_up" or seat.until is None:
        return
    until = max(changes.now, seat.until + event.seconds)
    changes.timers.foresee(until, "wrap_up", event.agent)
    changes.board.put(replace(seat, until=until))


def _phone_seen(changes: Changes, event: PhoneSeen) -> None:
    (changes.unreachable.discard if event.reachable else changes.unreachable.add)(event.agent)
    seat = changes.board.seats.get(event.agent)
    if seat is None or seat.reachable == event.reachable:
        return
    if not event.reachable:
        seat = changes.withdraw_from(seat)
    # A phone that comes back goes last: it may be a flaky one.
    changes.put(replace(seat, reachable=event.reachable, idle_since=changes.now))


def _offer_accepted(changes: Changes, event: OfferAccepted) -> None:
    waiting = changes.board.calls.get(event.call)
    if waiting is None:
        return  # The caller hung up as the phone was lifted.
    seat = changes.board.seats.get(event.agent)
    state = _after(event, seat) if seat is not None else "away"
    # The offer may have been withdrawn as the phone was lifted. But the two are talking now,
    # and what has been arranged for either of them since gives way.
    if waiting.offered_to is not None and waiting.offered_to != event.agent:
        changes.withdraw_from(changes.board.seats[waiting.offered_to])
    if seat is not None and seat.call != event.call:
        seat = changes.withdraw_from(seat)
    changes.drop(event.call)
    if seat is None:
        return  # Logged out as the phone was lifted: a talk the floor has no seat for.
    changes.talks[event.call] = event.agent
    changes.worked(seat)
    if seat.misses or seat.rest is not None:
        seat = replace(seat, misses=0, rests_until=None, rest=None)
    changes.board.put(seat.to(state, changes.now, call=event.call, queue=waiting.queue))


def _offer_refused(changes: Changes, event: OfferRefused) -> None:
    seat = changes.board.seats.get(event.agent)
    if seat is None or seat.queue is None or seat.call != event.call:
        return  # Withdrawn, or the caller hung up, as the phone gave up.
    state, now = _after(event, seat), changes.now
    misses, rest = seat.misses + 1, seat.queue.cool_downs.after(event.cause)
    if misses < changes.misses_allowed:
        last = replace(seat.to(state, now), idle_since=now, misses=misses)
        changes.put(changes.rested(last, now + rest, event.cause) if rest > 0 else last)
    else:
        changes.put(replace(seat.to("paused", now), pause=MISSED, misses=misses))
        changes.instructions.append(SetAside(event.agent, event.cause, misses))
    waiting = changes.board.calls[event.call]
    changes.requeue(replace(waiting, excluded=waiting.excluded | {event.agent}))


def _talk_over(changes: Changes, event: TalkOver) -> None:
    seat = changes.board.seats.get(event.agent)
    if seat is None or seat.call != event.call or seat.queue is None:
        return  # A talk the floor has no seat for.
    state, now = _after(event, seat), changes.now
    del changes.talks[event.call]
    changes.handle_times.add(seat.queue.name, now - seat.since + seat.queue.wrap_up)
    changes.worked(seat)
    if seat.leaving:
        changes.staff_changed = True
        changes.go_home(event.agent)
    elif seat.pause is not None:
        changes.board.put(seat.to("paused", now))
    elif seat.queue.wrap_up > 0:
        until = now + seat.queue.wrap_up
        changes.timers.foresee(until, "wrap_up", event.agent)
        changes.board.put(seat.to(state, now, until=until))
    else:
        changes.free_after_work(seat, now)


def _after(event: AgentEvent, seat: Seat) -> State:
    """The state TABLE gives, or IllegalEvent."""
    state = TABLE[type(event)][seat.state]
    if state == "!":
        raise IllegalEvent(f"{event}: {seat.name} is {seat.state} (call {seat.call}).")
    return seat.state if state == "-" else cast(State, state)


ON_AGENTS: dict[type[Event], Callable[[Changes, Any], None]] = {
    AgentArrived: _agent_arrived,
    AgentLeft: _agent_left,
    AgentPaused: _agent_paused,
    AgentResumed: _agent_resumed,
    WrapUpExtended: _wrap_up_extended,
    PhoneSeen: _phone_seen,
    OfferAccepted: _offer_accepted,
    OfferRefused: _offer_refused,
    TalkOver: _talk_over,
}
