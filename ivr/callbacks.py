"""Who is rung back, when it is their turn: by an agent who is there already.

The floor keeps the place of a caller who hung up, and offers them to an agent like any call. Then the
agent's phone is rung first and told what it is about; only when it is picked up is the customer rung,
and the two talk. A customer who is not reached keeps the place and is rung again later; the agent is
free at once. Each time an agent is rung makes a record of its own.

What keeps a place is in the store before the caller is told so, and what the store says is looked at
again before anybody is rung: whoever was forgotten or taken off the list is not.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from ivr.caller import mask
from ivr.desk import HANGS_UP_WITHIN, Desk
from ivr.dialable import as_dialled
from ivr.errors import CallerHungUp, LineError, NotFound, StoreError
from ivr.flow.callback import NOT_REACHED, WHISPER
from ivr.flow.center import CallbackSpec
from ivr.flow.expression import Facts
from ivr.flow.hotline import Hotline
from ivr.flow.serving import Failed, Outside, Ticket
from ivr.line.commands import (
    Connect,
    HandBack,
    Hangup,
    HungUp,
    NotJoined,
    OutsideNumber,
    Play,
    Talk,
)
from ivr.line.line import Line
from ivr.reasons import verdicts_of
from ivr.record import BACK, Callback, CallbackState, CallEvent, CallSummary
from ivr.store.callbacks import Callbacks as Kept
from routing.events import (
    CallbackPostponed,
    CallLeft,
    CallWaits,
    Offer,
    OfferAccepted,
    OfferRefused,
    Release,
    TalkOver,
    Withdraw,
)
from routing.model import Relax

log = logging.getLogger(__name__)

TOPIC = "callback_failed"
LOOK_AGAIN = 60.0
"""Seconds after which a callback is tried again that something in the house prevented."""


class Switchboard(Protocol):
    """By which agents' phones are rung: `ivr.line.asterisk.outbound.Outbound`."""

    async def ring(
        self, call_id: str, agent: str, seconds: float, *, shown: str, shows: str
    ) -> Line | NotJoined:
        """Ring an agent's phone; its line once it is picked up. Raises LineError."""


class Keeper(Protocol):
    """Where records go: `ivr.journal.Journal`."""

    def add(self, entry: CallEvent | CallSummary) -> None:
        """Keep an event, or the summary as it stands now. Returns at once."""


Tape = Callable[[str], Path | None]
"""Where the talk of a call is to be recorded; None: nowhere."""


@dataclass(frozen=True, slots=True)
class House:
    """What callbacks need of the hotline around them.

    `hotline` is the live one, `outside` takes its tickets, `closed` says whether it is closed by
    hand, `now` is the time, aware.
    """

    hotline: Callable[[], Hotline]
    outside: Callable[[], Outside]
    closed: Callable[[], bool]
    tape: Tape
    now: Callable[[], datetime]


class Callbacks:
    """The callbacks of a running hotline. Give the desk `learn` for what becomes of them."""

    def __init__(
        self, desk: Desk, kept: Kept, switchboard: Switchboard, journal: Keeper, house: House
    ) -> None:
        self._desk = desk
        self._kept = kept
        self._switchboard = switchboard
        self._journal = journal
        self._house = house
        self._waiting: dict[str, Callback] = {}
        self._rings: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def open(self) -> None:
        """Put those whom the store knows back into their places. Raises `StoreError`."""
        for callback in await asyncio.to_thread(self._kept.list):
            self._take_in(callback)
            if callback.not_before is not None and callback.not_before > self._house.now():
                wait = (callback.not_before - self._house.now()).total_seconds()
                self._postpone(callback.call_id, wait)
        if self._waiting:
            log.info("%d callers are waiting to be called back", len(self._waiting))

    async def close(self) -> None:
        """Ring nobody any more. Talks go on without us; who was being rung keeps the place."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- what calls ask for ------------------------------------------------------------------------

    async def keep(self, callback: Callback) -> bool:
        """Have somebody called back, once their call is over; False where that cannot be kept."""
        try:
            number = await asyncio.to_thread(self._kept.add, callback)
        except StoreError as error:
            log.error("the callback for call %s could not be kept: %s", callback.call_id, error)
            return False
        if number is None:
            return False
        self._take_in(replace(callback, id=number))
        self._postpone(callback.call_id, HANGS_UP_WITHIN)
        return True

    def hung_up(self, call_id: str) -> None:
        """The call in which it was asked for is over."""
        if call_id in self._waiting and call_id not in self._rings:
            self._postpone(call_id, 0.0)

    async def take_over(self, number: str, queue: str) -> float | None:
        """A caller who rings themselves has the place of their callback: the seconds waited there,
        head start included. None where they have none, or are being rung."""
        for call_id, callback in self._waiting.items():
            if (callback.number, callback.queue) == (number, queue) and call_id not in self._rings:
                waited = max(0.0, (self._house.now() - callback.since).total_seconds())
                await self._end(callback, "taken_over")
                return waited + callback.head_start
        return None

    # -- what the floor decides ----------------------------------------------------------------------

    def learn(self, instruction: Offer | Withdraw | Release) -> None:
        """The floor has decided something about a callback (see `Desk.ring_back`)."""
        call_id = instruction.call
        callback, ringing = self._waiting.get(call_id), self._rings.get(call_id)
        match instruction:
            case Withdraw() if ringing is not None:
                ringing.cancel()
            case Release() if callback is not None:
                self._spawn(self._end(callback, "cancelled"), f"end callback {call_id}")
            case Offer():
                if callback is None or self._closing:
                    self._spawn(self._drop(call_id), f"drop callback {call_id}")
                else:
                    if ringing is not None:
                        ringing.cancel()
                    attempt = _Attempt(self, callback, instruction)
                    self._rings[call_id] = self._spawn(attempt.run(), f"call back for {call_id}")

    async def _drop(self, call_id: str) -> None:
        self._desk.tell(CallLeft(call_id))

    def _take_in(self, callback: Callback) -> None:
        """Have a place for it on the floor, unless its call has one there already."""
        self._waiting[callback.call_id] = callback
        if self._desk.floor.call(callback.call_id) is not None:
            return
        center, (first, *relax) = self._house.hotline().center, callback.stages
        if callback.queue not in center.queues:
            log.error("a callback is for the queue %s, which is no more", callback.queue)
            self._spawn(self._give_up(callback, 0), f"give up {callback.call_id}")
            return
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

    def _postpone(self, call_id: str, seconds: float) -> None:
        """Have nobody rung for it meanwhile, nor now."""
        if (ringing := self._rings.pop(call_id, None)) is not None:
            ringing.cancel()
        self._desk.tell(CallbackPostponed(call_id, self._desk.now() + seconds))

    def _spec(self, callback: Callback) -> CallbackSpec:
        queue = self._house.hotline().center.queues.get(callback.queue)
        return (queue.callback if queue is not None else None) or CallbackSpec.model_validate({})

    def _not_now(self, callback: Callback) -> float | None:
        """The seconds until customers may be rung; None if they may be now."""
        if self._house.closed():
            return LOOK_AGAIN
        center = self._house.hotline().center
        queue = center.queues.get(callback.queue)
        hours = self._spec(callback).hours or (queue.hours if queue is not None else None)
        now = self._house.now().astimezone(center.zone)
        if hours is None or hours not in center.hours or center.is_open(hours, now):
            return None
        opens = center.hours[hours].next_opening(now, center.center.country)
        # In UTC: between two moments of one time zone Python does not see summer time begin or end.
        return LOOK_AGAIN if opens is None else max(1.0, opens.timestamp() - now.timestamp())

    async def _end(self, callback: Callback, state: CallbackState) -> None:
        """It waits no more."""
        self._waiting.pop(callback.call_id, None)
        self._desk.tell(CallLeft(callback.call_id))
        try:
            await asyncio.to_thread(self._kept.end, callback.id, state, self._house.now())
        except StoreError as error:
            log.error("it could not be kept that callback %d is %s: %s", callback.id, state, error)

    async def _give_up(self, callback: Callback, tried: int) -> None:
        await self._end(callback, "given_up")
        ticket = Ticket(
            f"{callback.call_id}-callback",
            TOPIC,
            callback.number,
            "",
            callback.language,
            {"queue": callback.queue, "tries": tried},
        )
        told = await self._house.outside().open_ticket(ticket)
        if isinstance(told, Failed):
            log.error("nobody was told that a callback was given up: %s", told.why)

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


class _Attempt:
    """One agent rung for one callback, and what came of it."""

    def __init__(self, room: Callbacks, callback: Callback, offer: Offer) -> None:
        self._room, self._callback, self._offer = room, callback, offer
        self._desk, self._now = room._desk, room._house.now
        at = self._now()
        self._seq = 0
        self._joined: datetime | None = None
        self._summary = CallSummary(
            call_id=f"{callback.call_id}{BACK}{at:%H%M%S}{at.microsecond // 1000:03}",
            started=at,
            number=callback.number,
            masked=mask(callback.number or ""),
            age=callback.age,
            language=callback.language,
            queue=callback.queue,
        )

    async def run(self) -> None:
        """Ring the agent, then the customer, and let them talk."""
        room, call, agent = self._room, self._callback.call_id, self._offer.agent
        wait = await self._must_wait()
        if wait is not None:
            if wait >= 0:
                self._desk.tell(CallbackPostponed(call, self._desk.now() + wait))
            return
        waited = max(0.0, (self._now() - self._callback.since).total_seconds())
        self._journal(self._summary)
        self._note("callback", of=call, queue=self._callback.queue, waited=round(waited),
                   tried=self._callback.tried)  # fmt: skip
        decision = self._offer.decision
        self._note("offer", agent=agent, need=str(decision.need), stage=decision.stage,
                   waited=round(decision.waited, 1), verdicts=verdicts_of(decision))  # fmt: skip
        outcome, by = "put_off", "hotline"
        try:
            outcome, by = await self._ring(waited)
        except LineError as error:
            self._note("trouble", text=f"the switch failed: {error}")
            log.error("callback %d: the switch failed: %s", self._callback.id, error)
            self._desk.tell(CallbackPostponed(call, self._desk.now() + LOOK_AGAIN))
        except asyncio.CancelledError:
            self._note("engine_stops" if room._closing else "withdrawn", agent=agent)
            if self._joined is not None:
                outcome = "talk_went_on"
            raise
        finally:
            self._end(outcome, by, waited)

    async def _must_wait(self) -> float | None:
        """The seconds it must wait; None if it need not, less than 0 if it is not to be at all."""
        room, callback = self._room, self._callback
        try:
            kept = await asyncio.to_thread(room._kept.get, callback.id)
        except NotFound:
            kept = replace(callback, state="cancelled")
        except StoreError as error:
            log.error("nobody is called back while the store does not answer: %s", error)
            return LOOK_AGAIN
        if kept.state != "waiting" or kept.number is None:
            room._waiting.pop(callback.call_id, None)
            self._desk.tell(CallLeft(callback.call_id))
            return -1.0
        return room._not_now(callback)

    async def _ring(self, waited: float) -> tuple[str, str]:
        """What became of it, and who ended it."""
        callback, agent = self._callback, self._offer.agent
        number = as_dialled(callback.number or "")
        self._note("callback_rings", agent=agent)
        rung = await self._room._switchboard.ring(
            self._summary.call_id, agent, self._offer.ring, shown=number, shows=callback.shows
        )
        if isinstance(rung, NotJoined):
            self._note("refused", agent=agent, cause=rung.cause)
            self._desk.tell(OfferRefused(callback.call_id, agent, rung.cause))
            return "put_off", "hotline"
        try:
            return await self._ring_customer(rung, number, waited)
        except CallerHungUp:  # the agent, that is
            if self._joined is not None:
                self._note("talk_over", by="agent")
                return "answered", "agent"
            self._note("refused", agent=agent, cause="declined")
            self._desk.tell(OfferRefused(callback.call_id, agent, "declined"))
            return "put_off", "agent"
        except asyncio.CancelledError:
            # A talk goes on by itself; a phone that nobody needs any more is free again.
            with suppress(LineError, CallerHungUp):
                await rung.perform(Hangup() if self._joined is None else HandBack())
            raise

    async def _ring_customer(self, line: Line, number: str, waited: float) -> tuple[str, str]:
        room, callback, agent = self._room, self._callback, self._offer.agent
        minutes = max(1, round((self._now() - callback.asked).total_seconds() / 60))
        await self._tell_agent(line, WHISPER, minutes=minutes)
        tape = room._house.tape(self._summary.call_id) if callback.recorded else None
        spec = room._spec(callback)
        reached = await line.perform(Connect(OutsideNumber(number), ring=spec.ring, record=tape))
        if isinstance(reached, NotJoined):
            if tape is not None:
                tape.unlink(missing_ok=True)
            await self._not_reached(line, reached, spec, waited)
            return "not_reached", "hotline"
        recording = {} if tape is None else {"recording": tape.stem, "recorded": True}
        self._joined = self._now()
        self._note("waiting", queue=callback.queue, position=1, waited=round(waited),
                   need=str(self._offer.decision.need))  # fmt: skip
        self._note("joined", agent=agent, **recording)
        self._desk.tell(OfferAccepted(callback.call_id, agent))
        room._waiting.pop(callback.call_id, None)
        await self._served()
        try:
            ended = await line.perform(Talk())
        finally:
            self._desk.tell(TalkOver(callback.call_id, agent))
        return "answered", "caller" if isinstance(ended, HungUp) else "hotline"

    async def _served(self) -> None:
        room, callback = self._room, self._callback
        try:
            await asyncio.to_thread(room._kept.end, callback.id, "served", self._now())
        except StoreError as error:
            log.error("it could not be kept that callback %d was made: %s", callback.id, error)

    async def _not_reached(
        self, line: Line, why: NotJoined, spec: CallbackSpec, waited: float
    ) -> None:
        """The agent hears it and is free; the customer is rung again later, or no more."""
        room, callback = self._room, self._callback
        tried = callback.tried + 1
        self._note("not_joined", to="customer", cause=why.cause)
        with suppress(CallerHungUp):
            await self._tell_agent(line, NOT_REACHED)
            await line.perform(Hangup())
        if tried >= spec.tries:
            self._note("waiting", queue=callback.queue, position=1, waited=round(waited),
                       need=str(self._offer.decision.need))  # fmt: skip
            await room._give_up(callback, tried)
        else:
            until = self._now() + timedelta(seconds=spec.gap)
            self._note("callback_put_off", seconds=round(spec.gap), tried=tried)
            callback = replace(callback, tried=tried, not_before=until)
            room._waiting[callback.call_id] = callback
            try:
                await asyncio.to_thread(room._kept.tried, callback.id, tried, until)
            except StoreError as error:
                log.error("it could not be kept that callback %d was tried: %s", callback.id, error)
            self._desk.tell(CallbackPostponed(callback.call_id, self._desk.now() + spec.gap))

    async def _tell_agent(self, line: Line, prompt: str, **values: Any) -> None:
        account = self._desk.accounts.get(self._offer.agent)
        wording = self._room._house.hotline().wording
        language = account.language if account is not None else ""
        spoken = wording.spoken(
            prompt,
            language or wording.default,
            Facts({"caller": {"language": self._callback.language}}),
            announced=values,
        )
        if spoken is not None:
            await line.perform(Play((spoken,), interrupt=""))

    def _note(self, kind: str, /, **data: Any) -> None:
        self._journal(CallEvent(self._summary.call_id, self._seq, self._now(), kind, data))
        self._seq += 1

    def _journal(self, entry: CallEvent | CallSummary) -> None:
        self._room._journal.add(entry)

    def _end(self, outcome: str, by: str, waited: float) -> None:
        at = self._now()
        self._note("ended", outcome=outcome, by=by)
        talked = None if self._joined is None else (at - self._joined).total_seconds()
        self._journal(
            replace(
                self._summary,
                ended=at,
                outcome=outcome,
                hung_up_by=by,
                agent=self._offer.agent if self._joined is not None else None,
                waited_s=waited,
                talked_s=talked,
            )
        )
