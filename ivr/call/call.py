"""Which way does a call go: recognised, let in, served by its flow, picked up again, and ended?"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from ivr.admission import Gate
from ivr.call.around import Door, Keeper, Ledger, NoLedger, NoTape, Tape
from ivr.call.course import Course, Lost
from ivr.call.entrance import Entrance
from ivr.call.house import CallHouse
from ivr.call.place import Place
from ivr.caller import Caller
from ivr.desk import Desk
from ivr.errors import CallerHungUp, LineError, SwitchUnreachable
from ivr.flow.bookmark import PickedUp, bookmark, open_at
from ivr.flow.box import Box, Sealed
from ivr.flow.conversation import Conversation
from ivr.flow.hearing import Deaf, Hearing
from ivr.flow.hotline import Hotline
from ivr.flow.outside import CutOff, Outside
from ivr.line.commands import HandBack, Hangup
from ivr.line.line import Arrival, Line
from ivr.record import CallEvent, CallRecord, CallSummary, UnderWay
from ivr.secure_entry import Entries, Entry, take
from ivr.troubles import Troubles

log = logging.getLogger(__name__)

FAREWELL = 3.0  # seconds the switch is given to take a call back or to end it


class Call:
    """A call under way. `run` takes it to its end and never raises.

    `hotline` serves it to its end, whatever is published meanwhile; `version` is that one's number.
    `outside` are the bank's other systems; without them everything there is out of reach. `hearing`
    understands what callers say; without it they use keys. `box` keeps what they leave; without it
    nothing can be left. A `door` that is shut, now or while they wait, sends callers away. Talks
    are recorded on the `tape`; without it nowhere. The `ledger` keeps who is to be called back;
    without it nobody is. The `gate` counts calls, and turns callers away when the hotline is full.

    `bookmarks` is told where the call is, each time that has changed. Such a call does not end when
    the link to the switch is lost: it is `interrupted`, and `go_on` picks it up again on another
    line, or `lost` closes its record. The same goes for a call that another engine left: `before`
    is its record then, and `state` its last bookmark. `troubles` tells the operator what fails.
    """

    def __init__(
        self,
        arrival: Arrival,
        line: Line,
        hotline: Hotline,
        desk: Desk,
        journal: Keeper,
        now: Callable[[], datetime],
        outside: Outside | None = None,
        version: int | None = None,
        hearing: Hearing | None = None,
        box: Box | None = None,
        door: Door | None = None,
        tape: Tape | None = None,
        bookmarks: Callable[[UnderWay], None] | None = None,
        before: CallRecord | None = None,
        state: Mapping[str, Any] | None = None,
        troubles: Troubles | None = None,
        ledger: Ledger | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._troubles = troubles or Troubles()
        self._bookmarks = bookmarks
        self._state: Mapping[str, Any] = state or {}
        self._talk: Conversation | None = None
        self.interrupted = before is not None
        """Whether the call waits to be picked up again."""
        self.entries = Entries()
        self._ledger = ledger or NoLedger()
        self._tape = tape or NoTape()
        self._line = line
        self._hotline = hotline
        self._desk = desk
        self._journal = journal
        self._now = now
        self._course = Course(
            before.summary
            if before is not None
            else CallSummary(call_id=arrival.call_id, started=arrival.at, version=version)
        )
        center, returns = hotline.center, desk.returns
        self._entrance = Entrance(
            door, gate or Gate(desk), center, returns, self._course, now, self.note
        )
        first = before.events[0].data if before is not None and before.events else {}
        self._place = Place(
            self._course,
            desk,
            self._tape,
            self._ledger,
            center.returning,
            now,
            self.note,
            self.trouble,
            dialled=arrival.dialled or str(first.get("dialled", "")),
        )
        self._house = CallHouse(
            arrival.call_id,
            desk,
            self._place,
            self._tape,
            outside or CutOff(),
            box or Sealed(),
            hearing or Deaf(),
            self.note,
            self.trouble,
            now,
        )
        if before is not None:
            self._remember(before)
            return
        self._journal.add(self._course.summary)
        served_by = {} if version is None else {"version": version}
        self.note("arrived", dialled=arrival.dialled, **served_by)
        self._bookmark()

    async def run(self, find_caller: Callable[[], Awaitable[Caller]]) -> CallSummary:
        """Recognise the caller, route or talk, and keep what came of it."""
        return await self._run(find_caller, None)

    async def go_on(
        self,
        line: Line,
        find_caller: Callable[[], Awaitable[Caller]],
        *,
        gap: float,
        talks_to: str | None = None,
        in_talk: bool = False,
    ) -> CallSummary:
        """Pick an interrupted call up again on `line`, after a gap of so many seconds.

        With `in_talk` the caller talks to somebody, the agent `talks_to` or an outside number.
        """
        self._line, self.interrupted = line, False
        self.note("picked_up", gap=round(gap, 1), in_talk=in_talk)
        waited, course = 0.0, self._course
        if course.waits_since is not None:
            waited = max(0.0, (self._now() - course.waits_since).total_seconds())
        picked_up = PickedUp(
            waited,
            frozenset(course.refused_by),
            in_talk,
            course.talking and not in_talk,
            talks_to or course.agent,
        )
        if in_talk and not course.talking:  # they were joined while nobody looked
            self.note("joined", **({"agent": talks_to} if talks_to else {"to": "another number"}))
        return await self._run(find_caller, picked_up)

    def lost(self, how: Lost) -> None:
        """An interrupted call is not there any more; its record is closed."""
        self.interrupted = False
        outcome, by = self._course.lost(how, self._now())
        self.note("lost", how=how)
        self._end(outcome, by)

    async def _run(
        self, find_caller: Callable[[], Awaitable[Caller]], picked_up: PickedUp | None
    ) -> CallSummary:
        outcome, by = "failed", "hotline"
        try:
            caller = await find_caller()
            talk = Conversation(self._line, self._hotline, caller, self._house)
            if picked_up is None:
                self._meet(caller)
            else:
                open_at(talk, self._state)
                talk.picked_up = picked_up
            self._talk = talk
            ending = await self._entrance.converse(talk, self._line)
            outcome, by = self._course.outcome(ending)
        except CallerHungUp:
            outcome, by = self._course.left()
        except SwitchUnreachable as error:
            if self._bookmarks is not None:
                self.interrupted = True
                self.note("link_lost")
                return self._course.summary
            self.trouble(f"the switch failed: {error}", error)
            await self._give_back()
        except LineError as error:
            self.trouble(f"the switch failed: {error}", error)
            await self._give_back()
        except asyncio.CancelledError:
            outcome = "talk_went_on" if self._course.talking else "handed_back"
            self.note("engine_stops")
            await self._give_back()
        except Exception as error:  # the last net: a bug in the engine, not in a step
            self.trouble(f"the engine failed: {type(error).__name__}", error)
            await self._give_back()
        await self.entries.over()
        return self._end(outcome, by)

    @property
    def call_id(self) -> str:
        """The call's own name."""
        return self._course.summary.call_id

    @property
    def summary(self) -> CallSummary:
        """The call in one line, as it stands."""
        return self._course.summary

    @property
    def queue(self) -> str:
        """The queue it waits in, or waited in last; empty before."""
        return self._course.queue

    # -- the record --------------------------------------------------------------------------------

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the record; some also mark the summary."""
        course = self._course
        event = CallEvent(self.call_id, course.events, self._now(), kind, data)
        self._journal.add(event)
        course.learn(event)
        if kind in {"rule", "step", "said"}:
            self._bookmark()

    def _remember(self, before: CallRecord) -> None:
        """Take over what another engine knew of the call."""
        for event in before.events:
            self._course.learn(event)
            if event.kind == "consent":
                self._tape.refuse(event.call_id, refused=not event.data.get("recording"))
            elif event.kind == "returns":
                self._place.ahead = float(str(event.data.get("head_start", 0)))

    def _bookmark(self) -> None:
        """Have it kept where the call is, if that has changed."""
        if self._bookmarks is None:
            return
        state = bookmark(self._talk) if self._talk is not None else {}
        if state != self._state or not state:
            self._state = state
            self._bookmarks(UnderWay(self.call_id, self._now(), state))

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """Record a failure and tell the operator."""
        self.note("trouble", text=what)
        self._troubles.report(self.call_id, what, error)

    # -- in a talk --------------------------------------------------------------------------------

    async def secure_entry(self, entry: Entry) -> None:
        """Have the caller key a secret, if the hotline has one to be keyed; the agent waits."""
        spec, talk = self._hotline.center.secure_entry, self._talk
        account = self._desk.accounts.get(self._course.agent or "")
        if spec is None or talk is None or account is None:
            await entry.end()
            return
        language = account.language or self._hotline.wording.default
        await self.entries.take(take(entry, talk.aside(entry), spec, language))

    def held(self, *, on_hold: bool) -> None:
        """The agent put the caller on hold, or took them off it."""
        since = self._course.held_since
        if on_hold and since is None and self._course.talking:
            self.note("hold")
        elif not on_hold and since is not None:
            self.note("hold_over", seconds=round((self._now() - since).total_seconds(), 1))

    @property
    def has_secure_entry(self) -> bool:
        """Whether the hotline that serves the call has a secret to be keyed."""
        return self._hotline.center.secure_entry is not None

    # -- beginning and end -----------------------------------------------------------------------

    def _meet(self, caller: Caller) -> None:
        self._course.meet(caller)
        self._journal.add(self._course.summary)
        self.note(
            "caller",
            known=caller.known,
            number_kind=caller.kind,
            age=caller.age,
            language=caller.language,
            guessed=caller.language_guessed,
            country=caller.country,
        )
        log.info("call %s from %s", self.call_id, caller.masked)

    async def _give_back(self) -> None:
        """Whatever happened, the caller is not left in silence: the dialplan's fallback has them.

        A talk goes on by itself.
        """
        for command in (HandBack(), Hangup()):
            with suppress(CallerHungUp, LineError, TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await self._line.perform(command)
                return

    def _end(self, outcome: str, by: str | None) -> CallSummary:
        at = self._now()
        self._course.end(at, outcome, by)
        self.note("ended", outcome=outcome, by=by)
        summary = self._course.summary
        self._journal.add(summary)
        self._ledger.hung_up(self.call_id)
        number, waited, cut_off = summary.number, summary.waited_s, self._course.cut_off()
        if cut_off is not None and number is not None and waited is not None:
            self._desk.returns.cut_off(number, at, waited, in_talk=cut_off == "talking")
        return summary
