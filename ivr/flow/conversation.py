"""A call while a flow runs it: what a step may ask, say, keep and know, and whom it may reach."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from ivr.caller import Caller
from ivr.flow import callback
from ivr.flow.admission import Admission
from ivr.flow.bookmark import PickedUp
from ivr.flow.center import CallbackSpec
from ivr.flow.expression import Expression, Unknown
from ivr.flow.hotline import Hotline
from ivr.flow.needs import NeedSpec
from ivr.flow.serving import (
    BackOffer,
    BackRequest,
    CalledBack,
    Dictated,
    Failed,
    Found,
    House,
    Kept,
    Locked,
    Missing,
    NotServed,
    Sent,
    Served,
    ServeRequest,
    Stage,
    Terms,
    TextMessage,
    Ticket,
    TooShort,
)
from ivr.flow.step import SLOW_PATIENCE
from ivr.flow.talking import BackWanted, HumanWanted, Talking
from ivr.flow.wording import AGENT_LOST
from ivr.line.commands import (
    HUMAN_KEY,
    Connect,
    Joined,
    Keyed,
    Listen,
    NotJoined,
    OutsideNumber,
    Play,
    Played,
    Record,
    Recorded,
    Spoken,
    Talk,
)
from ivr.line.line import Line
from routing.skills import ANYBODY

AT_ONCE = 0.2  # seconds; what takes no longer than that is not worth listening meanwhile
MOST_SILENCE = 120.0  # seconds: more than anything takes that is waited for
MOST_SENT = 3  # SMS and tickets a call, each: who rings to have us send them is no caller


_LEFT = {  # how it is noted that a queue did not serve a call
    "unstaffed": "unstaffed",
    "full": "queue_full",
    "waited": "waited_too_long",
    "withdrawn": "taken_out",
}


class Conversation(Talking):
    """One call under way. Steps talk to the caller and to the house only through this."""

    def __init__(self, line: Line, hotline: Hotline, caller: Caller, house: House) -> None:
        super().__init__(line, hotline, caller, house)
        self._sent = {"sms": 0, "ticket": 0}
        self._back_refused = False
        self.picked_up: PickedUp | None = None
        """Of a call picked up again, until the step is done at which it was."""

    def aside(self, line: Line) -> "Conversation":
        """The same caller, spoken to in the same way on another line; nothing keyed is known there."""
        other = Conversation(line, self.hotline, self.caller, self.house)
        other.language, other.slow = self.language, self.slow
        other.place, other.within = self.place, self.within
        return other

    # -- reaching people -----------------------------------------------------------------------

    async def serve(
        self,
        queue: str,
        need: NeedSpec | None = None,
        priority: float = 0.0,
        *,
        say: str | None = None,
        and_then: bool = False,
    ) -> Served | NotServed | CalledBack:
        """Put the caller through to an agent of `queue`."""
        picked_up, self.picked_up = self.picked_up or PickedUp(), None
        if picked_up.talked:
            self.note("talk_over", by="agent")
            return Served(picked_up.agent or "", over=False)
        spoken = self.word(say) if say is not None else None
        profile, been, waited = self.caller.profile, [queue], picked_up.waited
        while True:
            spec = self.hotline.center.queues[queue]
            in_talk = picked_up.in_talk or picked_up.waited > 0  # who was let in stays
            if spec.hours is not None and not in_talk and not self.is_open(spec.hours):
                self.note("closed", queue=queue, hours=spec.hours)
                return NotServed("closed", spec.closed)
            terms, overflow = self._terms(queue, need, priority), spec.overflow
            onward = None if overflow is None else overflow.queue
            result = await self.house.serve(
                self.line,
                ServeRequest(
                    queue=queue,
                    stages=terms.stages,
                    head_start=terms.head_start,
                    preferred=profile.preferred_agent if profile is not None else None,
                    say=spoken if len(been) == 1 else None,
                    and_then=and_then,
                    whisper=self.whisper,
                    announce=self.word,
                    patience=spec.own_agent,
                    waited=waited,
                    refused_by=picked_up.refused_by,
                    talks_to=picked_up.agent if picked_up.in_talk else None,
                    limits=onward not in been,  # two queues that overflow into each other: enough
                    terms=lambda other: self._terms(other, need, priority),
                    first_told=spec.announce.first,
                    told_every=spec.announce.every,
                    comfort=self._words(spec.announce.comfort),
                    back=self._back_offer(spec.callback),
                    language=self.language,
                    agent_lost=self._if_worded(AGENT_LOST),
                ),
            )
            if isinstance(result, CalledBack):
                await self._part_until_called_back()
            if not isinstance(result, NotServed):
                return result
            self.note(_LEFT[result.why], queue=queue)
            if result.why not in ("full", "waited") or overflow is None:
                return NotServed(result.why, spec.unstaffed)
            if onward is None:
                return NotServed(result.why, overflow.to or spec.unstaffed)
            waited += result.waited
            been.append(onward)
            queue = onward

    def _terms(self, queue: str, more: NeedSpec | None, priority: float) -> Terms:
        """What this caller asks for in `queue`, with what the step or rule adds to it."""
        facts, spec = self.facts, self.hotline.center.queues[queue]

        def spoken(language: Expression) -> str | None:
            try:
                return str(language.value(facts))
            except Unknown as error:
                self.house.trouble(f"the language of the need is not known: {error}")
                return None

        extra = ANYBODY if more is None else more.asked(spoken)
        needs = [(0.0, spec.need), *((relaxed.after, relaxed.need) for relaxed in spec.relax)]
        stages = tuple(Stage(after, need.asked(spoken).and_also(extra)) for after, need in needs)
        return Terms(stages, spec.priority + priority)

    def _back_offer(self, spec: CallbackSpec | None) -> BackOffer | None:
        if spec is None or not spec.while_waiting or self._back_refused:
            return None
        return BackOffer(self._number_to_call_back, spec.after, spec.when_wait_over)

    async def _number_to_call_back(self) -> str | None:
        """Where the caller wants to be called back; None if they would rather go on waiting."""
        self._back_refused = True  # once asked is enough
        self.note("callback_offered")
        try:
            return await callback.number_wanted(self)
        except (HumanWanted, BackWanted):  # for a human they wait already
            return None

    async def _part_until_called_back(self) -> None:
        await self.say(callback.KEPT, interrupt=False)
        await self.hang_up()

    async def call_back(
        self, queue: str, need: NeedSpec | None, priority: float, offer: str = callback.OFFER
    ) -> bool:
        """Offer to call back a caller who does not wait; whether they will be."""
        self.note("callback_offered")
        number = await callback.number_wanted(self, offer)
        if number is None:
            return False
        terms = self._terms(queue, need, priority)
        if not await self.house.call_back(BackRequest(number, self.language, queue, terms)):
            return False
        await self.say(callback.KEPT, interrupt=False)
        return True

    async def turn_away(self, terms: Admission, *, calls_back: bool) -> None:
        """Tell the caller that there is no room, offer to call them back, and end the call."""
        await self.say(terms.say, interrupt=False)
        if terms.callback is not None and calls_back:
            with suppress(HumanWanted, BackWanted):  # for a human there is no room
                await self.call_back(terms.callback, None, 0.0, callback.INSTEAD)
        await self.hang_up()

    def _if_worded(self, name: str) -> Spoken | None:
        """A prompt that a hotline need not have."""
        wording = self.hotline.wording
        return self.word(name) if wording.language_for(name, self.language) is not None else None

    def _words(self, names: Sequence[str]) -> tuple[Spoken, ...]:
        """The prompts in the language of the call, but for those that have no words."""
        return tuple(spoken for name in names if (spoken := self.word(name)) is not None)

    async def transfer(self, name: str, ring: float, *, and_then: bool) -> bool:
        """Ring a number center.yaml allows; whether somebody there talked to the caller."""
        number = self.hotline.center.numbers[name]
        picked_up, self.picked_up = self.picked_up or PickedUp(), None
        if picked_up.in_talk:
            return await self._talk_outside()
        if picked_up.talked:
            self.note("talk_over", by="other side")
            return True
        self.note("transfer", to=name)
        connected = await self.line.perform(
            Connect(OutsideNumber(number), ring=ring, and_then=and_then)
        )
        if isinstance(connected, NotJoined):
            self.note("not_joined", to=name, cause=connected.cause)
            return False
        assert isinstance(connected, Joined)
        self.note("joined", to=name)
        return await self._talk_outside()

    async def _talk_outside(self) -> bool:
        await self.line.perform(Talk())
        self.note("talk_over", by="other side")
        return True

    def whisper(self, language: str) -> tuple[Spoken, ...]:
        """What an agent who speaks `language` hears about this caller."""
        facts = self.facts
        spoken = (
            self.hotline.wording.spoken(whisper.say, language, facts)
            for whisper in self.hotline.center.whisper
            if whisper.when.holds(facts)
        )
        return tuple(one for one in spoken if one is not None)

    # -- asking and telling others -------------------------------------------------------------

    async def look_up(
        self,
        name: str,
        arguments: Mapping[str, Expression],
        secret: str | None,
        *,
        meanwhile: str | None = None,
    ) -> Found | Missing | Failed:
        """Ask one of the bank's systems, and say `meanwhile` until it answers.

        What was kept as the secret `secret` is spent with it. Raises `HumanWanted` at the human key
        and where a wrong secret was keyed too often, and `CallerHungUp` without waiting for the answer.
        """
        given = self.known(arguments)
        keyed = self.memory.spend(secret) if secret is not None else None
        if given.keys() != arguments.keys() or (secret is not None and keyed is None):
            # A hidden number, say: that is for the flow to deal with, and nobody's trouble.
            self.note("lookup", name=name, outcome="not_asked")
            return Failed("it was not given all it needs")
        asked = asyncio.ensure_future(self.house.look_up(name, given, keyed))
        try:
            if meanwhile is not None:
                await self.say(meanwhile)
            await self._hear_until(asked)
            result = await asked
        finally:
            asked.cancel()
        self.note("lookup", name=name, outcome=type(result).__name__.lower())
        if isinstance(result, Failed):
            self.house.trouble(f"the lookup {name} failed: {result.why}")
        if isinstance(result, Locked):
            raise HumanWanted
        return result

    async def _hear_until(self, done: "asyncio.Future[Any]") -> None:
        """Listen in silence until something is done. Keys but the human one are for what follows."""
        await asyncio.wait({done}, timeout=AT_ONCE)
        if done.done() or self._typed:
            return
        nothing = Listen((), most=1, patience=MOST_SILENCE, end_key="")
        listening = asyncio.ensure_future(self.line.perform(nothing))
        try:
            await asyncio.wait({done, listening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not listening.done():
                listening.cancel()
                await asyncio.wait({listening})
        outcome = None if listening.cancelled() else listening.result()
        keys = outcome.keys if isinstance(outcome, Keyed) else ""
        if keys == HUMAN_KEY:
            self.note("heard", keys=HUMAN_KEY)
            raise HumanWanted
        self._typed = keys

    async def send_text(self, prompt: str) -> bool:
        """Send the caller a prompt as an SMS; whether a gateway took it."""
        spoken, number, key = self.word(prompt), self.caller.number, self._next_key("sms")
        sent: Sent | Failed | None = None
        if spoken is not None and number is not None and key is not None:
            message = TextMessage(key, number, spoken.text, spoken.language)
            sent = await self.house.send_text(message)
        return self._told("sms", sent, prompt=prompt)

    async def open_ticket(self, topic: str, fields: Mapping[str, Expression]) -> bool:
        """Leave work for somebody; whether a gateway took it. It is in the record in any case."""
        given = self.worked_out(fields)
        key, caller = self._next_key("ticket"), self.caller
        sent: Sent | Failed | None = None
        if key is not None:
            ticket = Ticket(key, topic, caller.number, caller.name, self.language, given)
            sent = await self.house.open_ticket(ticket)
        return self._told("ticket", sent, topic=topic, fields=given)

    def consent(self, *, recording: bool) -> None:
        """Keep with the call whether the caller agrees to be recorded, and see that it is obeyed."""
        self.house.consent(recording=recording)
        self.note("consent", recording=recording)

    # -- what the caller says, to be heard later -------------------------------------------------

    async def record(self, prompt: str, file: Path, most: float, silence: float) -> Recorded:
        """Say a prompt and take down what the caller says. Raises `HumanWanted` at the human key."""
        await self.say(prompt)
        self._typed = ""  # who cut the prompt short has begun to talk
        patience = silence * (SLOW_PATIENCE if self.slow else 1.0)
        outcome = await self.line.perform(Record(file, most, patience, f"#{HUMAN_KEY}"))
        assert isinstance(outcome, Recorded)
        self.note("recorded", seconds=round(outcome.seconds, 1), ended=outcome.stopped_by)
        if outcome.key == HUMAN_KEY:
            self.note("heard", keys=HUMAN_KEY)
            raise HumanWanted
        return outcome

    async def play_back(self, file: Path) -> None:
        """Let the caller hear it. Raises `HumanWanted`; other keys belong to the next entry."""
        spoken = Spoken("", self.language, private=True, recording=file)
        outcome = await self.line.perform(Play((spoken,)))
        assert isinstance(outcome, Played)
        if outcome.stopped_by == HUMAN_KEY:
            self.note("heard", keys=HUMAN_KEY)
            raise HumanWanted
        self._typed = outcome.stopped_by or ""

    async def keep_message(
        self,
        file: Path,
        kind: Literal["message", "recording"],
        at_least: float,
        queue: str | None = None,
        notify: str | None = None,
    ) -> Kept | TooShort | Failed:
        """Keep what was taken down into `file`, if it lasts `at_least` seconds.

        Whoever center.yaml names under `tickets:` is told by a ticket on the topic `notify`. It
        holds no number in full: who may listen to the message finds that there.
        """
        caller = self.caller
        result = await self.house.keep_message(
            Dictated(file, kind, at_least, caller.number, self.language, queue)
        )
        kept = result if isinstance(result, Kept) else None
        told = {"name": kept.name, "seconds": round(kept.seconds, 1)} if kept else {}
        self.note("message", kind=kind, queue=queue, kept=kept is not None, **told)
        if isinstance(result, Failed):
            self.house.trouble(f"what the caller said was not kept: {result.why}")
        if kept is not None and notify is not None and (key := self._next_key("ticket")):
            fields = {"message": kept.name, "seconds": told["seconds"], "from": caller.masked}
            fields |= {"queue": queue} if queue is not None else {}
            ticket = Ticket(key, notify, None, "", self.language, fields)
            self._told("ticket", await self.house.open_ticket(ticket), topic=notify, fields=fields)
        return result

    def _next_key(self, kind: str) -> str | None:
        """What a gateway can tell two of a call from one sent twice by; None when it is enough."""
        self._sent[kind] += 1
        count = self._sent[kind]
        return f"{self.house.call_id}-{kind}-{count}" if count <= MOST_SENT else None

    def _told(self, kind: str, sent: Sent | Failed | None, **data: Any) -> bool:
        taken = isinstance(sent, Sent)
        self.note(kind, taken=taken, **data)
        if isinstance(sent, Failed):
            self.house.trouble(f"the {kind} was not taken: {sent.why}")
        return taken
