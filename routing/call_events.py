"""What does each event make of a call?"""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any

from routing.changes import Changes
from routing.events import (
    CallbackAsked,
    CallbackPostponed,
    CallLeft,
    CallMoved,
    CallReordered,
    CallWaits,
    CallWithdrawn,
    Event,
    IllegalEvent,
)
from routing.model import Queue
from routing.policy import moved, put_in_place, waiting_for
from routing.waiting import rivals


def _call_waits(changes: Changes, event: CallWaits) -> None:
    queue = _queue(changes, event)
    if event.call in changes.board.calls:
        raise IllegalEvent(f"{event}: the call waits already.")
    if event.call in changes.talks:
        raise IllegalEvent(f"{event}: the call is talking to {changes.talks[event.call]}.")
    changes.arrivals += 1
    waiting = waiting_for(event, queue, changes.arrivals, changes.now, changes.board.lane)
    changes.board.lane(waiting.need).asked_at = changes.now
    changes.begin(waiting)


def _call_left(changes: Changes, event: CallLeft | CallWithdrawn) -> None:
    waiting = changes.board.calls.get(event.call)
    if waiting is None:
        return  # Somebody talks to it, and TalkOver will say when that ends; or it left before.
    if waiting.offered_to is not None:
        seat = changes.board.seats[waiting.offered_to]
        changes.board.put(seat.to("free", changes.now))
    changes.drop(event.call)


def _call_reordered(changes: Changes, event: CallReordered) -> None:
    board, waiting = changes.board, changes.board.calls.get(event.call)
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
    changes.mind_reserves(reordered)


def _call_moved(changes: Changes, event: CallMoved) -> None:
    queue = _queue(changes, event)
    if event.call not in changes.board.calls:
        return
    there = moved(changes.board.calls[event.call], event, queue, changes.now, changes.board.lane)
    changes.stop_ringing_for(event.call)
    changes.begin(replace(there, offered_to=None))


def _call_withdrawn(changes: Changes, event: CallWithdrawn) -> None:
    waiting = changes.board.calls.get(event.call)
    if waiting is not None:
        changes.stop_ringing_for(event.call)
        changes.release(waiting, "withdrawn")


def _callback_asked(changes: Changes, event: CallbackAsked) -> None:
    if event.call in changes.board.calls:
        changes.stop_ringing_for(event.call)
        waiting = changes.board.calls[event.call]
        changes.board.keep(replace(waiting, callback=True, own_until=None, spare_until=None))


def _callback_postponed(changes: Changes, event: CallbackPostponed) -> None:
    waiting = changes.board.calls.get(event.call)
    if waiting is None:
        return
    if not waiting.callback:
        raise IllegalEvent(f"{event}: the call has a caller on the line.")
    if waiting.offered_to is not None:
        changes.board.put(changes.board.seats[waiting.offered_to].to("free", changes.now))
    until = event.until if event.until > changes.now else None
    changes.begin(replace(waiting, offered_to=None, not_before=until))


def _queue(changes: Changes, event: CallWaits | CallMoved) -> Queue:
    queue = changes.queues.get(event.queue)
    if queue is None:
        raise IllegalEvent(f"{event}: there is no queue {event.queue}.")
    return queue


ON_CALLS: dict[type[Event], Callable[[Changes, Any], None]] = {
    CallWaits: _call_waits,
    CallLeft: _call_left,
    CallReordered: _call_reordered,
    CallMoved: _call_moved,
    CallWithdrawn: _call_withdrawn,
    CallbackAsked: _callback_asked,
    CallbackPostponed: _callback_postponed,
}
