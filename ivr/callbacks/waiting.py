"""Who waits to be called back, and how long must each wait yet?"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ivr.caller import Profile
from ivr.desk import Desk
from ivr.errors import NotFound, StoreError
from ivr.flow.center import CallbackSpec
from ivr.flow.hotline import Hotline
from ivr.flow.outside import Failed, Outside, Ticket
from ivr.record import Callback, CallbackState
from ivr.secure_entry import Talk
from ivr.store.callbacks import Callbacks as Kept
from routing.events import CallbackPostponed, CallLeft, CallWaits
from routing.model import Relax

log = logging.getLogger(__name__)

TOPIC = "callback_failed"
LOOK_AGAIN = 60.0
"""Seconds after which a callback is tried again that something in the house prevented."""

Tape = Callable[[str], Path | None]
"""Where the talk of a call is to be recorded; None: nowhere."""


@dataclass(frozen=True, slots=True)
class House:
    """What callbacks need of the hotline around them.

    `hotline` is the live one, `outside` are its other systems for a caller's number, `closed` says
    whether it is closed by hand, `now` is the time, aware. `profile` finds what is known of a number,
    and `talks` are the calls under way, by their ids.
    """

    hotline: Callable[[], Hotline]
    outside: Callable[[str], Outside]
    closed: Callable[[], bool]
    tape: Tape
    now: Callable[[], datetime]
    profile: Callable[[str], Profile | None] = lambda number: None
    talks: dict[str, Talk] = field(default_factory=dict)


class WaitingList:
    """The callbacks that wait, each with its place on the floor, as the store keeps them."""

    def __init__(self, desk: Desk, kept: Kept, house: House) -> None:
        self.all: dict[str, Callback] = {}
        """By the call in which each was asked for."""
        self._desk = desk
        self._kept = kept
        self._house = house

    async def kept(self) -> Sequence[Callback]:
        """Those in the store. Raises `StoreError`."""
        return await asyncio.to_thread(self._kept.list)

    async def add(self, callback: Callback) -> Callback | None:
        """Keep a new one; None where it cannot be kept."""
        try:
            number = await asyncio.to_thread(self._kept.add, callback)
        except StoreError as error:
            log.error("the callback for call %s could not be kept: %s", callback.call_id, error)
            return None
        return None if number is None else replace(callback, id=number)

    def take_in(self, callback: Callback) -> bool:
        """Have a place for it on the floor, unless its call has one there already.

        False where there is none for it any more: its queue is gone.
        """
        self.all[callback.call_id] = callback
        if self._desk.floor.call(callback.call_id) is not None:
            return True
        center, (first, *relax) = self._house.hotline().center, callback.stages
        if callback.queue not in center.queues:
            log.error("a callback is for the queue %s, which is no more", callback.queue)
            return False
        since = self._desk.now() - (self._house.now() - callback.since).total_seconds()
        self._desk.tell(
            CallWaits(
                callback.call_id,
                callback.queue,
                need=first[1],
                relax=tuple(Relax(after, need) for after, need in relax),
                head_start=callback.head_start,
                since=min(since, self._desk.now()),
                limits=False,
                callback=True,
            )
        )
        return True

    def postpone(self, call_id: str, seconds: float) -> None:
        """Have nobody rung for it meanwhile."""
        self._desk.tell(CallbackPostponed(call_id, self._desk.now() + seconds))

    def spec(self, callback: Callback) -> CallbackSpec:
        """The terms of its queue; the usual ones where that has none."""
        queue = self._house.hotline().center.queues.get(callback.queue)
        return (queue.callback if queue is not None else None) or CallbackSpec.model_validate({})

    def _not_now(self, callback: Callback) -> float | None:
        """The seconds until customers may be rung; None if they may be now."""
        if self._house.closed():
            return LOOK_AGAIN
        center = self._house.hotline().center
        queue = center.queues.get(callback.queue)
        hours = self.spec(callback).hours or (queue.hours if queue is not None else None)
        now = self._house.now().astimezone(center.zone)
        if hours is None or hours not in center.hours or center.is_open(hours, now):
            return None
        opens = center.hours[hours].next_opening(now, center.center.country)
        # In UTC: between two moments of one time zone Python does not see summer time begin or end.
        return LOOK_AGAIN if opens is None else max(1.0, opens.timestamp() - now.timestamp())

    async def must_wait(self, callback: Callback) -> float | None:
        """The seconds it must wait; None if it need not, less than 0 if it is not to be at all."""
        try:
            kept = await asyncio.to_thread(self._kept.get, callback.id)
        except NotFound:
            kept = replace(callback, state="cancelled")
        except StoreError as error:
            log.error("nobody is called back while the store does not answer: %s", error)
            return LOOK_AGAIN
        if kept.state != "waiting" or kept.number is None:
            self.all.pop(callback.call_id, None)
            self._desk.tell(CallLeft(callback.call_id))
            return -1.0
        return self._not_now(callback)

    async def served(self, callback: Callback) -> None:
        """The two are talking. Its call is the floor's affair now."""
        self.all.pop(callback.call_id, None)
        try:
            await asyncio.to_thread(self._kept.end, callback.id, "served", self._house.now())
        except StoreError as error:
            log.error("it could not be kept that callback %d was made: %s", callback.id, error)

    async def put_off(self, callback: Callback, tried: int, until: datetime) -> None:
        """Its customer was not reached, for so many times now, and is rung again then."""
        self.all[callback.call_id] = replace(callback, tried=tried, not_before=until)
        try:
            await asyncio.to_thread(self._kept.tried, callback.id, tried, until)
        except StoreError as error:
            log.error("it could not be kept that callback %d was tried: %s", callback.id, error)

    async def end(self, callback: Callback, state: CallbackState) -> None:
        """It waits no more."""
        self.all.pop(callback.call_id, None)
        self._desk.tell(CallLeft(callback.call_id))
        try:
            await asyncio.to_thread(self._kept.end, callback.id, state, self._house.now())
        except StoreError as error:
            log.error("it could not be kept that callback %d is %s: %s", callback.id, state, error)

    async def give_up(self, callback: Callback, tried: int) -> None:
        """Its customer was not reached and is rung no more; somebody is told."""
        await self.end(callback, "given_up")
        ticket = Ticket(
            f"{callback.call_id}-callback",
            TOPIC,
            callback.number,
            "",
            callback.language,
            {"queue": callback.queue, "tries": tried},
        )
        told = await self._house.outside(callback.number or "").open_ticket(ticket)
        if isinstance(told, Failed):
            log.error("nobody was told that a callback was given up: %s", told.why)
