"""One call, from its arrival to its stored record."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ivr.admission import Gate
from ivr.caller import Caller
from ivr.desk import Desk
from ivr.errors import CallerHungUp, LineError, SwitchUnreachable
from ivr.flow.admission import Admission
from ivr.flow.bookmark import PickedUp, bookmark, open_at
from ivr.flow.conversation import Conversation
from ivr.flow.engine import Ending, converse
from ivr.flow.hotline import Hotline
from ivr.flow.serving import (
    BackRequest,
    Box,
    CalledBack,
    CutOff,
    Deaf,
    Dictated,
    Failed,
    Found,
    Hearing,
    Kept,
    Locked,
    Missing,
    NotServed,
    Outside,
    PhoneLost,
    Sealed,
    Sent,
    Served,
    ServeRequest,
    Terms,
    TextMessage,
    Ticket,
    TooShort,
)
from ivr.line.commands import Command, HandBack, Hangup, Outcome, Play, Spoken
from ivr.line.line import Arrival, Line
from ivr.record import Callback, CallEvent, CallRecord, CallSummary, UnderWay
from ivr.returns import SHORT_TALK
from ivr.secure_entry import Entry, take
from ivr.store.closures import Closure
from ivr.troubles import Troubles
from ivr.wait import PHONE_LOST
from routing.events import CallLeft

if TYPE_CHECKING:
    from speech.intents import Understood

log = logging.getLogger(__name__)

FAREWELL = 3.0  # seconds the switch is given to take a call back or to end it


class Keeper(Protocol):
    """Where a record goes: `ivr.journal.Journal`, or a list in a simulation."""

    def add(self, entry: CallEvent | CallSummary) -> None:
        """Keep an event, or the summary as it stands now. Returns at once."""


class Tape(Protocol):
    """Where talks are recorded: `ivr.keeping.Keeping`."""

    def file(self, call_id: str) -> Path | None:
        """Where the next talk of a call is to be recorded; None: nowhere."""

    def refuse(self, call_id: str, *, refused: bool) -> None:
        """The caller does not want to be recorded, or wants it after all."""


class Ledger(Protocol):
    """Who is to be called back: `ivr.callbacks.Callbacks`."""

    async def keep(self, callback: Callback) -> bool:
        """Have somebody called back, once their call is over; False where that cannot be kept."""

    def hung_up(self, call_id: str) -> None:
        """A call is over, whether or not somebody asked in it to be called back."""

    async def take_over(self, number: str, queue: str) -> float | None:
        """The seconds a caller of that number is ahead whose callback this is instead of; None
        where there is none."""


class NoLedger:
    """A `Ledger` in which nothing can be kept."""

    async def keep(self, callback: Callback) -> bool:
        """See `Ledger`."""
        return False

    def hung_up(self, call_id: str) -> None:
        """See `Ledger`."""

    async def take_over(self, number: str, queue: str) -> float | None:
        """See `Ledger`."""
        return None


class NoTape:
    """A `Tape` on which nothing is recorded."""

    def file(self, call_id: str) -> Path | None:
        """See `Tape`."""
        return None

    def refuse(self, call_id: str, *, refused: bool) -> None:
        """See `Tape`."""


class Door(Protocol):
    """Whether callers are let in: `ivr.door.Door`."""

    @property
    def closed(self) -> Closure | None:
        """The closure in force; None while the hotline is open."""

    async def until_shut(self) -> None:
        """Wait until the hotline is closed."""


class NoLine:
    """The `Line` of a call that is interrupted."""

    async def perform(self, command: Command) -> Outcome:
        """See `Line`. Raises LineError."""
        raise LineError("The call is interrupted; it has no line.")


class Call:
    """A call under way; the `House` of its flow. `run` takes it to its end and never raises.

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
        self._ledger = ledger or NoLedger()
        first = before.events[0].data if before is not None and before.events else {}
        self._dialled = arrival.dialled or str(first.get("dialled", ""))
        self._agreed = True
        self._called_back = False
        self._outside = outside or CutOff()
        self._box = box or Sealed()
        self._door = door
        self._gate = gate or Gate(desk)
        self._tape = tape or NoTape()
        self._talking = self._sent_away = self._turned_away = False
        self._hearing = hearing or Deaf()
        self._line = line
        self._hotline = hotline
        self._desk = desk
        self._journal = journal
        self._now = now
        self._seq, self._last = 0, ""
        self._summary = CallSummary(call_id=arrival.call_id, started=arrival.at, version=version)
        self._marks: dict[str, datetime] = {}
        self._ahead: float | None = None  # how far, as the caller was cut off; None: not asked yet
        self._learned: dict[str, Any] = {}  # what the summary will say in the end
        self._waits_since: datetime | None = None  # in the step it is at
        self._refused_by: set[str] = set()
        if before is not None:
            self._remember(before)
            return
        self._journal.add(self._summary)
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
        waited = 0.0
        if self._waits_since is not None:
            waited = max(0.0, (self._now() - self._waits_since).total_seconds())
        agent = talks_to or (self._learned.get("agent") if self._talking else None)
        picked_up = PickedUp(
            waited, frozenset(self._refused_by), in_talk, self._talking and not in_talk, agent
        )
        if in_talk and not self._talking:  # they were joined while nobody looked
            self.note("joined", **({"agent": talks_to} if talks_to else {"to": "another number"}))
        return await self._run(find_caller, picked_up)

    def lost(self, how: Literal["ended", "taken_back", "switch"]) -> None:
        """An interrupted call is not there any more; its record is closed.

        It ended while nobody looked, the dialplan has taken it back, or the switch was restarted.
        """
        self.interrupted = False
        if self._talking:
            self._marks["talked"] = self._now()
        self.note("lost", how=how)
        if how == "taken_back":
            self._end("handed_back", "hotline")
        elif how == "ended" and self._talking:
            self._end("answered", None)
        else:
            self._end("failed", "hotline" if how == "switch" else None)

    async def _run(
        self, find_caller: Callable[[], Awaitable[Caller]], picked_up: PickedUp | None
    ) -> CallSummary:
        outcome, by = "failed", "hotline"
        try:
            caller = await find_caller()
            talk = Conversation(self._line, self._hotline, caller, self)
            if picked_up is None:
                self._meet(caller)
            else:
                open_at(talk, self._state)
                talk.picked_up = picked_up
            self._talk = talk
            ending = await self._converse(talk)
            outcome, by = self._outcome(ending)
        except CallerHungUp:
            outcome, by = self._left()
        except SwitchUnreachable as error:
            if self._bookmarks is not None:
                self.interrupted = True
                self.note("link_lost")
                return self._summary
            self.trouble(f"the switch failed: {error}", error)
            await self._give_back()
        except LineError as error:
            self.trouble(f"the switch failed: {error}", error)
            await self._give_back()
        except asyncio.CancelledError:
            outcome = "talk_went_on" if self._talking else "handed_back"
            self.note("engine_stops")
            await self._give_back()
        except Exception as error:  # the last net: a bug in the engine, not in a step
            self.trouble(f"the engine failed: {type(error).__name__}", error)
            await self._give_back()
        return self._end(outcome, by)

    async def _converse(self, talk: Conversation) -> Ending:
        """Let the flow have the call, if there is room for it."""
        terms, shut = self._hotline.center.admission, self._door is not None and self._door.closed
        why = self._gate.full(terms) if terms is not None and not shut else None
        if terms is None or why is None or self._is_taken_always(talk, terms):
            with self._gate.takes():
                return await self._converse_while_open(talk)
        self._turned_away = True
        with self._gate.turns_away(terms, why) as told:
            self.note("turned_away", why=why, told=told)
            if told:
                await talk.turn_away(terms, calls_back=self._gate.calls_back(terms))
            else:
                await talk.hang_up()
        return "ended"

    def _is_taken_always(self, talk: Conversation, terms: Admission) -> bool:
        """Whether there is room for a call however full the hotline is."""
        if talk.picked_up is not None or talk.elderly:
            return True
        center, number = self._hotline.center, self._summary.number
        if self._desk.returns.expected(number, self._now(), center.returning):
            return True
        return terms.unless is not None and talk.holds(terms.unless)

    async def _converse_while_open(self, talk: Conversation) -> Ending:
        """Let the flow have the call, unless or until the hotline is closed by hand."""
        door = self._door
        if door is None:
            return await converse(talk)
        if door.closed is None:
            ending = await self._until_shut(converse(talk), door)
            if ending is not None:
                return ending
        if (closure := door.closed) is not None:
            await self._send_away(talk, closure)
        return "ended"

    async def _until_shut(self, flow: Coroutine[Any, Any, Ending], door: Door) -> Ending | None:
        """The flow's end; None if the hotline was closed before. A talk under way goes on."""
        running, shut = asyncio.ensure_future(flow), asyncio.ensure_future(door.until_shut())
        try:
            await asyncio.wait((running, shut), return_when=asyncio.FIRST_COMPLETED)
            if not running.done() and not self._talking:
                running.cancel()
                await asyncio.wait((running,))
                if running.cancelled():
                    return None
            return await running
        finally:
            shut.cancel()
            if not running.done():
                running.cancel()
                await asyncio.wait((running,))

    async def _send_away(self, talk: Conversation, closure: Closure) -> None:
        """Tell the caller that the hotline is closed, and end the call."""
        self._sent_away = True
        if closure.recording is not None:
            self.note("closed_by_hand", by=closure.who)
            heard: Spoken | None = Spoken("", talk.language, recording=Path(closure.recording))
        else:
            self.note("closed_by_hand", by=closure.who, prompt=closure.prompt)
            heard = talk.word(closure.prompt or "")
        if heard is not None:
            await self._line.perform(Play((heard,), interrupt=""))
        await self._line.perform(Hangup())

    @property
    def summary(self) -> CallSummary:
        """The call in one line, as it stands."""
        return self._summary

    @property
    def queue(self) -> str:
        """The queue it waits in, or waited in last; empty before."""
        return str(self._learned.get("queue", ""))

    # -- the house of the flow -------------------------------------------------------------------

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the record; some also mark the summary."""
        at = self._now()
        self._journal.add(CallEvent(self._summary.call_id, self._seq, at, kind, data))
        self._learn(self._seq, at, kind, data)
        if kind in {"rule", "step", "said"}:
            self._bookmark()

    def _learn(self, seq: int, at: datetime, kind: str, data: Mapping[str, Any]) -> None:
        self._seq, self._last = seq + 1, kind
        self._talking = self._talking or kind == "joined"
        match kind:
            case "rule" | "step" | "talk_over":
                self._waits_since = None
                self._refused_by.clear()
            case "waiting":
                self._waits_since = self._waits_since or at
            case "refused":
                self._refused_by.add(str(data["agent"]))
        match kind:
            case "waiting":
                self._marks.setdefault("waiting", at)
                self._learned["queue"] = data["queue"]
            case "rule":
                self._learned["reason"] = data["reason"]
            case "talk_over":
                self._talking = False
                self._marks["talked"] = at
                if data.get("by") == PHONE_LOST:  # they wait as if they had not talked yet
                    del self._marks["talked"]
                    self._marks.pop("talking", None)
                    self._learned.pop("agent", None)
            case "joined" if "agent" in data:
                waited = (at - self._marks.get("waiting", at)).total_seconds()
                self._marks["talking"] = at
                self._learned |= {"agent": data["agent"], "waited_s": waited}

    def _remember(self, before: CallRecord) -> None:
        """Take over what another engine knew of the call."""
        self._summary = before.summary
        for event in before.events:
            self._learn(event.seq, event.at, event.kind, event.data)
            if event.kind == "consent":
                self._tape.refuse(event.call_id, refused=not event.data.get("recording"))
            elif event.kind == "returns":
                self._ahead = float(str(event.data.get("head_start", 0)))

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
        self._troubles.report(self._summary.call_id, what, error)

    def now(self) -> datetime:
        """The time."""
        return self._now()

    def staffed(self, skill: str) -> bool:
        """Whether an agent with the skill is logged in."""
        return self._desk.staffed(skill)

    def consent(self, *, recording: bool) -> None:
        """Record the caller's talks from now on, or do not."""
        self._tape.refuse(self.call_id, refused=not recording)
        self._agreed = recording

    async def serve(self, line: Line, request: ServeRequest) -> Served | NotServed | CalledBack:
        """Let the desk find an agent."""
        ahead = request.head_start + self._ahead_as_cut_off()
        ahead = max(ahead, await self._own_place(request.queue))
        request = replace(request, record=self._tape.file(self.call_id), head_start=ahead)
        result = await self._serve(line, request)
        if not isinstance(result, CalledBack):
            return result
        terms = Terms(request.stages, request.head_start)
        wanted = BackRequest(result.number, request.language, request.queue, terms)
        if await self._keep_callback(wanted, result.waited):
            return result
        return await self._serve(line, replace(request, waited=result.waited, back=None, say=None))

    async def _serve(self, line: Line, request: ServeRequest) -> Served | NotServed | CalledBack:
        """Be served until it is over: who loses an agent to a dead phone is offered to the next."""
        while True:
            result = await self._desk.serve(self.call_id, line, request, self.note)
            if not isinstance(result, PhoneLost):
                return result
            returning, sorry = self._hotline.center.returning, request.agent_lost
            if sorry is not None:
                self.note("said", prompt=sorry.name, language=sorry.language)
            request = replace(
                request,
                record=self._tape.file(self.call_id),
                say=sorry,
                waited=result.waited,
                head_start=request.head_start + (returning.priority if returning else 0.0),
                refused_by=request.refused_by | {result.agent},
                talks_to=None,
                limits=False,
            )

    async def call_back(self, request: BackRequest) -> bool:
        """Have the caller rung back who did not wait."""
        return await self._keep_callback(request, 0.0)

    async def _keep_callback(self, request: BackRequest, waited: float) -> bool:
        at = self._now()
        kept = await self._ledger.keep(
            Callback(
                call_id=self.call_id,
                number=request.number,
                language=request.language,
                age=self._summary.age,
                queue=request.queue,
                stages=tuple((stage.after, stage.need) for stage in request.terms.stages),
                head_start=request.terms.head_start,
                since=at - timedelta(seconds=waited),
                asked=at,
                shows=self._dialled,
                recorded=self._agreed,
            )
        )
        if kept:
            self._called_back = True
            self.note("callback_asked", queue=request.queue)
        else:
            self._desk.tell(CallLeft(self.call_id))
            self.trouble("the caller could not be promised to be called back")
        return kept

    async def _own_place(self, queue: str) -> float:
        """How far ahead a caller is who was to be called back, and rings before that."""
        number = self._summary.number
        waited = None if number is None else await self._ledger.take_over(number, queue)
        if waited is None:
            return 0.0
        self.note("callback_taken_over", waited=round(waited))
        return waited

    def _ahead_as_cut_off(self) -> float:
        if self._ahead is None:
            terms, number = self._hotline.center.returning, self._summary.number
            self._ahead = self._desk.returns.head_start(number, self._now(), terms)
            if self._ahead > 0:
                self.note("returns", head_start=round(self._ahead))
        return self._ahead

    @property
    def call_id(self) -> str:
        """The call's own name."""
        return self._summary.call_id

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed | Locked:
        """Ask one of the bank's systems."""
        return await self._outside.look_up(name, arguments, secret)

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        """Hand an SMS to the gateway."""
        return await self._outside.send_text(message)

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        """Hand a ticket to the gateway."""
        return await self._outside.open_ticket(ticket)

    def message_file(self) -> Path | None:
        """A file for what the caller will say."""
        return self._box.place(self.call_id)

    async def keep_message(self, dictated: Dictated) -> Kept | TooShort | Failed:
        """Keep what the caller said."""
        return await self._box.keep(self.call_id, dictated)

    def hears(self, language: str) -> bool:
        """Whether there is a recognizer for a language."""
        return self._hearing.hears(language)

    async def understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> "Understood":
        """Which intent is meant."""
        return await self._hearing.understand(text, language, others, among)

    # -- in a talk --------------------------------------------------------------------------------

    async def secure_entry(self, entry: Entry) -> None:
        """Have the caller key a secret, if the hotline has one to be keyed; the agent waits."""
        spec, talk = self._hotline.center.secure_entry, self._talk
        account = self._desk.accounts.get(self._learned.get("agent", ""))
        if spec is None or talk is None or not self._talking or account is None:
            await entry.end()
            return
        aside = talk.aside(entry)
        await take(entry, aside, spec, account.language or self._hotline.wording.default)

    # -- beginning and end -----------------------------------------------------------------------

    def _meet(self, caller: Caller) -> None:
        self._summary = replace(
            self._summary,
            number=caller.number,
            masked=caller.masked,
            name=caller.name,
            age=caller.age,
            language=caller.language,
        )
        self._journal.add(self._summary)
        self.note(
            "caller",
            known=caller.known,
            number_kind=caller.kind,
            age=caller.age,
            language=caller.language,
            guessed=caller.language_guessed,
            country=caller.country,
        )
        log.info("call %s from %s", self._summary.call_id, caller.masked)

    def _outcome(self, ending: Ending) -> tuple[str, str]:
        if ending == "handed_back":
            return "handed_back", "hotline"
        if self._sent_away:
            return "closed", "hotline"
        if self._called_back:
            return "callback", "hotline"
        if self._turned_away:
            return "turned_away", "hotline"
        if "talking" in self._marks:
            return "answered", "agent" if self._last == "talk_over" else "hotline"
        return "completed", "hotline"

    def _left(self) -> tuple[str, str]:
        if self._sent_away:
            return "closed", "caller"
        if self._called_back:
            return "callback", "caller"
        if self._turned_away:
            return "turned_away", "caller"
        if "talking" in self._marks:
            return "answered", "caller"
        return ("abandoned" if "waiting" in self._marks else "left"), "caller"

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
        marks, waited, talked = self._marks, self._learned.get("waited_s"), None
        if "talking" in marks:
            talked = (marks.get("talked", at) - marks["talking"]).total_seconds()
        elif "waiting" in marks:
            waited = (at - marks["waiting"]).total_seconds()
        self._summary = replace(
            self._summary,
            **self._learned | {"waited_s": waited, "talked_s": talked},
            ended=at,
            outcome=outcome,
            hung_up_by=by,
        )
        self.note("ended", outcome=outcome, by=by)
        self._journal.add(self._summary)
        self._ledger.hung_up(self.call_id)
        if self._called_back:
            return self._summary
        number, gone = self._summary.number, by == "caller" or outcome == "failed"
        if number is not None and gone and waited is not None:
            in_talk = outcome == "failed" or (talked is not None and talked < SHORT_TALK)
            if in_talk or talked is None:
                self._desk.returns.cut_off(number, at, waited, in_talk=in_talk)
        return self._summary
