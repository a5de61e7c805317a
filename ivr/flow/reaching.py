"""Whom may a step reach for the caller: an agent, a number outside, somebody who rings back?"""

from collections.abc import Sequence
from contextlib import suppress

from ivr.caller import Caller
from ivr.flow import callback
from ivr.flow.admission import Admission
from ivr.flow.bookmark import PickedUp
from ivr.flow.center import CallbackSpec
from ivr.flow.expression import Expression, Unknown
from ivr.flow.global_keys import BackWanted, HumanWanted
from ivr.flow.hotline import Hotline
from ivr.flow.needs import NeedSpec
from ivr.flow.serving import (
    BackOffer,
    BackRequest,
    CalledBack,
    House,
    NotServed,
    Served,
    ServeRequest,
    Stage,
    Terms,
)
from ivr.flow.talking import Talking
from ivr.flow.wording import AGENT_LOST
from ivr.line.commands import (
    Connect,
    Joined,
    NotJoined,
    OutsideNumber,
    Spoken,
    Talk,
)
from ivr.line.line import Line
from routing.skills import ANYBODY

_LEFT = {  # how it is noted that a queue did not serve a call
    "unstaffed": "unstaffed",
    "full": "queue_full",
    "waited": "waited_too_long",
    "withdrawn": "taken_out",
}


class Reaching(Talking):
    """A call under way, as far as people are reached for it."""

    def __init__(self, line: Line, hotline: Hotline, caller: Caller, house: House) -> None:
        super().__init__(line, hotline, caller, house)
        self._back_refused = False
        self.picked_up: PickedUp | None = None
        """Of a call picked up again, until the step is done at which it was."""

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
        been, waited = [queue], picked_up.waited
        while True:
            spec = self.hotline.center.queues[queue]
            in_talk = picked_up.in_talk or picked_up.waited > 0  # who was let in stays
            if spec.hours is not None and not in_talk and not self.is_open(spec.hours):
                self.note("closed", queue=queue, hours=spec.hours)
                return NotServed("closed", spec.closed)
            terms, overflow = self._terms(queue, need, priority), spec.overflow
            onward = None if overflow is None else overflow.queue
            await self.monitoring.end()
            result = await self.house.serve(
                self.line,
                ServeRequest(
                    queue=queue,
                    stages=terms.stages,
                    head_start=terms.head_start,
                    preferred=self.caller.preferred_agent,
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
        await self.monitoring.end()
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
