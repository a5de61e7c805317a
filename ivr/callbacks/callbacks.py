"""What becomes of callbacks when calls ask for them and the floor decides about them?"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from ivr.callbacks.again import Again
from ivr.callbacks.around import Around, Keeper, Switchboard
from ivr.callbacks.attempt import Attempt
from ivr.callbacks.waiting import House, WaitingList
from ivr.desk import HANGS_UP_WITHIN, Desk
from ivr.errors import CallerHungUp, LineError
from ivr.line.commands import HandBack
from ivr.line.line import Line
from ivr.record import Callback
from ivr.store.callbacks import Callbacks as Kept
from routing.events import CallLeft, Offer, Release, Withdraw

log = logging.getLogger(__name__)

MOST_TALKS = 1000
"""So many talks are remembered, the latest: their customers may lose the agent and are still there."""


class Callbacks:
    """The callbacks of a running hotline. Give the desk `learn` for what becomes of them."""

    def __init__(
        self, desk: Desk, kept: Kept, switchboard: Switchboard, journal: Keeper, house: House
    ) -> None:
        self._desk = desk
        self._house = house
        self._waiting = WaitingList(desk, kept, house)
        self._around = Around(desk, switchboard, journal, house, lambda: self._closing)
        self._rings: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._talks: OrderedDict[str, tuple[Callback, str]] = OrderedDict()
        self._closing = False

    async def open(self) -> None:
        """Put those whom the store knows back into their places. Raises `StoreError`."""
        for callback in await self._waiting.kept():
            self._take_in(callback)
            if callback.not_before is not None and callback.not_before > self._house.now():
                wait = (callback.not_before - self._house.now()).total_seconds()
                self._postpone(callback.call_id, wait)
        if self._waiting.all:
            log.info("%d callers are waiting to be called back", len(self._waiting.all))

    async def close(self) -> None:
        """Ring nobody any more. Talks go on without us; who was being rung keeps the place."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- what calls ask for ------------------------------------------------------------------------

    async def keep(self, callback: Callback) -> bool:
        """Have somebody called back, once their call is over; False where that cannot be kept."""
        kept = await self._waiting.add(callback)
        if kept is None:
            return False
        self._take_in(kept)
        self._postpone(callback.call_id, HANGS_UP_WITHIN)
        return True

    def hung_up(self, call_id: str) -> None:
        """The call in which it was asked for is over."""
        if call_id in self._waiting.all and call_id not in self._rings:
            self._postpone(call_id, 0.0)

    async def take_over(self, number: str, queue: str) -> float | None:
        """A caller who rings themselves has the place of their callback: the seconds waited there,
        head start included. None where they have none, or are being rung."""
        for call_id, callback in self._waiting.all.items():
            if (callback.number, callback.queue) == (number, queue) and call_id not in self._rings:
                waited = max(0.0, (self._house.now() - callback.since).total_seconds())
                await self._waiting.end(callback, "taken_over")
                return waited + callback.head_start
        return None

    async def again(self, call_id: str, attempt: str, line: Line) -> None:
        """The customer of an attempt, whose own call this is, has lost the agent in the talk."""
        talk = self._talks.pop(attempt, None)
        if talk is None or self._closing:
            log.error("of a customer who was rung back in %s nothing is known", attempt)
            with suppress(CallerHungUp, LineError):
                await line.perform(HandBack())
            return
        callback, agent = talk
        served = Again(self._around, callback, line, call_id, attempt, agent)
        await self._spawn(served.run(), f"serve {call_id} again")

    def _talks_now(self, attempt: str, callback: Callback, agent: str) -> None:
        self._talks[attempt] = callback, agent
        while len(self._talks) > MOST_TALKS:
            self._talks.popitem(last=False)

    # -- what the floor decides ----------------------------------------------------------------------

    def learn(self, instruction: Offer | Withdraw | Release) -> None:
        """The floor has decided something about a callback (see `Desk.ring_back`)."""
        call_id = instruction.call
        callback, ringing = self._waiting.all.get(call_id), self._rings.get(call_id)
        match instruction:
            case Withdraw() if ringing is not None:
                ringing.cancel()
            case Release() if callback is not None:
                self._spawn(self._waiting.end(callback, "cancelled"), f"end callback {call_id}")
            case Offer():
                if callback is None or self._closing:
                    self._spawn(self._drop(call_id), f"drop callback {call_id}")
                else:
                    if ringing is not None:
                        ringing.cancel()
                    attempt = Attempt(
                        self._around, self._waiting, callback, instruction, self._talks_now
                    )
                    self._rings[call_id] = self._spawn(attempt.run(), f"call back for {call_id}")

    async def _drop(self, call_id: str) -> None:
        self._desk.tell(CallLeft(call_id))

    def _take_in(self, callback: Callback) -> None:
        if not self._waiting.take_in(callback):
            self._spawn(self._waiting.give_up(callback, 0), f"give up {callback.call_id}")

    def _postpone(self, call_id: str, seconds: float) -> None:
        """Have nobody rung for it meanwhile, nor now."""
        if (ringing := self._rings.pop(call_id, None)) is not None:
            ringing.cancel()
        self._waiting.postpone(call_id, seconds)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        for call_id, ringing in list(self._rings.items()):
            if ringing is task:
                del self._rings[call_id]
        if not task.cancelled() and (error := task.exception()):
            log.error("failed: %s", task.get_name(), exc_info=error)
