"""How is one customer called back: the agent is rung first, then the customer, and the two talk?"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ivr.callbacks.around import Around, begun
from ivr.callbacks.in_talk import InTalk
from ivr.callbacks.waiting import LOOK_AGAIN, WaitingList
from ivr.dialable import as_dialled
from ivr.errors import CallerHungUp, LineError
from ivr.flow.callback import NOT_REACHED, WHISPER
from ivr.flow.center import CallbackSpec
from ivr.flow.expression import Facts
from ivr.line.commands import (
    Connect,
    HandBack,
    Hangup,
    HungUp,
    Joined,
    NotJoined,
    OutsideNumber,
    Play,
    Talk,
)
from ivr.line.line import Line
from ivr.reasons import verdicts_of
from ivr.record import BACK, Callback, CallEvent, CallSummary
from ivr.wait import PHONE_LOST
from routing.events import Offer, OfferAccepted, OfferRefused, TalkOver

log = logging.getLogger(__name__)


class Attempt:
    """One agent rung for one callback, and what came of it."""

    def __init__(
        self,
        around: Around,
        waiting: WaitingList,
        callback: Callback,
        offer: Offer,
        talks: Callable[[str, Callback, str], None] = lambda attempt, callback, agent: None,
    ) -> None:
        """`talks` is told when customer and agent talk: the attempt's call, and who the agent is."""
        self._talks = talks
        self._around, self._waiting, self._callback, self._offer = around, waiting, callback, offer
        self._desk, self._now = around.desk, around.house.now
        at = self._now()
        self._seq = 0
        self._joined: datetime | None = None
        call_id = f"{callback.call_id}{BACK}{at:%H%M%S}{at.microsecond // 1000:03}"
        self._summary = begun(callback, call_id, at)

    async def run(self) -> None:
        """Ring the agent, then the customer, and let them talk."""
        call, agent = self._callback.call_id, self._offer.agent
        wait = await self._waiting.must_wait(self._callback)
        if wait is not None:
            if wait >= 0:
                self._waiting.postpone(call, wait)
            return
        waited = max(0.0, (self._now() - self._callback.since).total_seconds())
        self._journal(self._summary)
        self.note("callback", of=call, queue=self._callback.queue, waited=round(waited),
                   tried=self._callback.tried, head_start=self._callback.head_start)  # fmt: skip
        decision = self._offer.decision
        self.note("offer", agent=agent, need=str(decision.need), stage=decision.stage,
                   waited=round(decision.waited, 1), verdicts=verdicts_of(decision))  # fmt: skip
        outcome, by = "put_off", "hotline"
        try:
            outcome, by = await self._ring(waited)
        except LineError as error:
            self.trouble(f"the switch failed: {error}")
            if self._joined is None:
                self._waiting.postpone(call, LOOK_AGAIN)
            else:
                outcome = "talk_went_on"
        except asyncio.CancelledError:
            if self._around.closing():
                self.note("engine_stops", agent=agent)
            else:
                seat = self._desk.floor.agent(agent)
                gone = seat is not None and not seat.reachable
                self.note("withdrawn", agent=agent, **({"cause": "unreachable"} if gone else {}))
            if self._joined is not None:
                outcome = "talk_went_on"
            raise
        finally:
            self._end(outcome, by, waited)

    async def _ring(self, waited: float) -> tuple[str, str]:
        """What became of it, and who ended it."""
        callback, agent = self._callback, self._offer.agent
        number = as_dialled(callback.number or "")
        self.note("callback_rings", agent=agent)
        rung = await self._around.switchboard.ring(
            self._summary.call_id, agent, self._offer.ring, shown=number, shows=callback.shows
        )
        if isinstance(rung, NotJoined):
            self.note("refused", agent=agent, cause=rung.cause)
            self._desk.tell(OfferRefused(callback.call_id, agent, rung.cause))
            return "put_off", "hotline"
        try:
            return await self._ring_customer(rung, number, waited)
        except CallerHungUp:  # the agent, that is
            if self._joined is not None:
                self.note("talk_over", by="agent")
                return "answered", "agent"
            self.note("refused", agent=agent, cause="declined")
            self._desk.tell(OfferRefused(callback.call_id, agent, "declined"))
            return "put_off", "agent"
        except asyncio.CancelledError:
            # A talk goes on by itself; a phone that nobody needs any more is free again.
            with suppress(LineError, CallerHungUp):
                await rung.perform(Hangup() if self._joined is None else HandBack())
            raise

    async def _ring_customer(self, line: Line, number: str, waited: float) -> tuple[str, str]:
        callback, agent = self._callback, self._offer.agent
        minutes = max(1, round((self._now() - callback.asked).total_seconds() / 60))
        await self._tell_agent(line, WHISPER, minutes=minutes)
        tape = self._around.house.tape(self._summary.call_id) if callback.recorded else None
        spec = self._waiting.spec(callback)
        reached = await line.perform(Connect(OutsideNumber(number), ring=spec.ring, record=tape))
        if isinstance(reached, NotJoined):
            if tape is not None:
                tape.unlink(missing_ok=True)
            await self._not_reached(line, reached, spec, waited)
            return "not_reached", "hotline"
        assert isinstance(reached, Joined)
        recording = {} if tape is None else {"recording": tape.stem, "recorded": reached.recorded}
        self._joined = self._now()
        self._note_place(waited)
        self.note("joined", agent=agent, **recording)
        self._talks(self._summary.call_id, callback, agent)
        self._desk.tell(OfferAccepted(callback.call_id, agent))
        await self._waiting.served(callback)
        talks, own_id = self._around.house.talks, self._summary.call_id
        known = replace(self._summary, agent=agent)
        talk = talks[own_id] = InTalk(
            known, callback, self._desk, self._around.house, self.note, self.trouble
        )
        try:
            ended = await line.perform(Talk())
        finally:
            del talks[own_id]
            self._desk.tell(TalkOver(callback.call_id, agent))
            await talk.entries.over()
        if not isinstance(ended, HungUp):
            return "answered", "hotline"
        if await self._around.switchboard.has_vanished(line):
            self.note("talk_over", by=PHONE_LOST)
            return "answered", "hotline"
        return "answered", "caller"

    async def _not_reached(
        self, line: Line, why: NotJoined, spec: CallbackSpec, waited: float
    ) -> None:
        """The agent hears it and is free; the customer is rung again later, or no more."""
        callback = self._callback
        tried = callback.tried + 1
        self.note("not_joined", to="customer", cause=why.cause)
        with suppress(CallerHungUp):
            await self._tell_agent(line, NOT_REACHED)
            await line.perform(Hangup())
        if tried >= spec.tries:
            self._note_place(waited)
            await self._waiting.give_up(callback, tried)
        else:
            until = self._now() + timedelta(seconds=spec.gap)
            self.note("callback_put_off", seconds=round(spec.gap), tried=tried)
            await self._waiting.put_off(callback, tried, until)
            self._waiting.postpone(callback.call_id, spec.gap)

    def _note_place(self, waited: float) -> None:
        """What the caller has waited for is settled with this attempt; reports count it from here."""
        self.note("waiting", queue=self._callback.queue, position=1, waited=round(waited),
                   head_start=self._callback.head_start,
                   need=str(self._offer.decision.need))  # fmt: skip

    async def _tell_agent(self, line: Line, prompt: str, **values: Any) -> None:
        account = self._desk.accounts.get(self._offer.agent)
        wording = self._around.house.hotline().wording
        language = account.language if account is not None else ""
        spoken = wording.spoken(
            prompt,
            language or wording.default,
            Facts({"caller": {"language": self._callback.language}}),
            announced=values,
        )
        if spoken is not None:
            await line.perform(Play((spoken,), interrupt=""))

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """Record a failure and tell the operator."""
        self.note("trouble", text=what)
        log.error("callback %d: %s", self._callback.id, what, exc_info=error)

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the record."""
        self._journal(CallEvent(self._summary.call_id, self._seq, self._now(), kind, data))
        self._seq += 1

    def _journal(self, entry: CallEvent | CallSummary) -> None:
        self._around.journal.add(entry)

    def _end(self, outcome: str, by: str, waited: float) -> None:
        at = self._now()
        self.note("ended", outcome=outcome, by=by)
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
