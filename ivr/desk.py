"""The async shell around the floor: tells it what happens and carries out what it decides.

The floor is pure and knows no telephone. Here its instructions become music, ringing and talks, and
what came of them goes back to it as events.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from ivr.agent import AgentAccount
from ivr.bell import Bell
from ivr.flow.serving import NotServed, Served, ServeRequest, Stage
from ivr.line.commands import (
    AgentPhone,
    Connect,
    Hold,
    HungUp,
    Joined,
    NotJoined,
    Play,
    Spoken,
    Talk,
)
from ivr.line.line import Line
from ivr.reasons import verdicts_of
from ivr.returns import Returns
from routing.events import (
    AgentArrived,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallLeft,
    CallMoved,
    CallReordered,
    CallWaits,
    CallWithdrawn,
    Event,
    Offer,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
    QueuesChanged,
    Release,
    SetAside,
    TalkOver,
    TimePassed,
    Withdraw,
    WrapUpExtended,
)
from routing.floor import Floor
from routing.model import Agent, Need, Queue, Relax

Note = Callable[..., None]

FIRST_ANNOUNCEMENT = 4.0  # seconds of music before a caller is first told the position
NEXT_ANNOUNCEMENT = 40.0  # seconds between one announcement and the next
_UNSTAFFED = NotServed("unstaffed")


@dataclass(slots=True)
class _Place:
    """A waiting call as the desk sees it: the offer it has now, and a bell for when that changes.

    `needs` are those of all its stages; `left` is what the floor let it go for.
    """

    request: ServeRequest
    since: float
    needs: tuple[Need, ...]
    offer: Offer | None = None
    left: Release | None = None
    bell: Bell = field(default_factory=Bell)


class Desk:
    """The floor of one hotline, live.

    `now` is a monotonic clock in seconds. `set_aside(agent, misses)` is called when the floor has
    paused an agent who missed calls. `ring_back` is given what is to be done about callbacks: no
    line of theirs is here. `returns` remembers who was cut off.
    """

    def __init__(
        self,
        floor: Floor,
        now: Callable[[], float],
        set_aside: Callable[[str, int], None] = lambda agent, misses: None,
        ring_back: Callable[[Offer | Withdraw | Release], None] = lambda instruction: None,
    ) -> None:
        self.floor = floor
        self.returns = Returns()
        self._now = now
        self._set_aside = set_aside
        self.ring_back = ring_back
        self._accounts: dict[str, AgentAccount] = {}
        self._places: dict[str, _Place] = {}
        self._alarm: asyncio.TimerHandle | None = None

    # -- agents --------------------------------------------------------------------------------

    def log_in(self, account: AgentAccount) -> None:
        """An agent is here, or has other skills or a pause from now on."""
        self._accounts[account.name] = account
        self.tell(AgentArrived(Agent(account.name, account.skills), paused=account.paused))

    def log_out(self, name: str) -> None:
        """An agent leaves, after the talk if one is under way."""
        self.tell(AgentLeft(name))

    def pause(self, name: str, reason: str) -> None:
        """An agent takes no calls, after the talk if one is under way."""
        self.tell(AgentPaused(name, reason))

    def resume(self, name: str) -> None:
        """An agent takes calls again."""
        self.tell(AgentResumed(name))

    def extend_wrap_up(self, name: str, seconds: float) -> None:
        """An agent needs longer for the wrap-up that is on."""
        self.tell(WrapUpExtended(name, seconds))

    def phone_seen(self, name: str, *, reachable: bool) -> None:
        """The switch says whether an agent's phone can be reached."""
        self.tell(PhoneSeen(name, reachable))

    def staffed(self, skill: str) -> bool:
        """Whether an agent with the skill is logged in."""
        return self.floor.staffed(skill)

    def queues_changed(self, queues: Mapping[str, Queue]) -> None:
        """Other flows are live; who gives `queues` keeps those that calls under way may still need."""
        self.tell(QueuesChanged(queues))

    def close(self) -> None:
        """Stop the timer."""
        if self._alarm is not None:
            self._alarm.cancel()

    # -- calls ---------------------------------------------------------------------------------

    async def serve(
        self, call: str, line: Line, request: ServeRequest, note: Note
    ) -> Served | NotServed:
        """Let the call wait for an agent, ring agents, and let them talk.

        Raises `CallerHungUp` and `LineError`; the call has left the floor then.
        """
        needs = tuple(stage.need for stage in request.stages)
        if not any(map(self.floor.can_ever_serve, needs)):
            return _UNSTAFFED
        since = self._now() - request.waited
        place = self._places[call] = _Place(request, self._now(), needs)
        try:
            self.tell(
                CallWaits(
                    call,
                    request.queue,
                    need=needs[0],
                    relax=_relax(request.stages),
                    head_start=request.head_start,
                    preferred=request.preferred,
                    since=since,
                    patience=request.patience,
                    limits=request.limits,
                )
            )
            relax = [[stage.after, str(stage.need)] for stage in request.stages[1:]]
            terms = {"need": str(needs[0]), "relax": relax, "head_start": request.head_start}
            note("waiting", queue=request.queue, **terms, **self._outlook(call))
            return await self._wait_and_talk(call, line, request, place, note)
        finally:
            del self._places[call]
            self.tell(CallLeft(call))

    async def _wait_and_talk(
        self, call: str, line: Line, request: ServeRequest, place: _Place, note: Note
    ) -> Served | NotServed:
        say, patience = request.say, FIRST_ANNOUNCEMENT
        while True:
            place.bell.heard()
            if place.offer is not None:
                served = await self._ring(call, line, request, place, say, note)
                say = None  # the sentence is heard once, with the first phone that rings
                if served is not None:
                    return served
            elif place.left is not None:
                return NotServed(place.left.cause, waited=self._now() - place.since)
            elif not any(map(self.floor.can_ever_serve, place.needs)):
                return _UNSTAFFED
            elif say is not None:
                await place.bell.stops(line.perform(Play((say,), interrupt="")))
                say = None if place.offer is None else say
            else:
                if await place.bell.stops(line.perform(Hold(patience))) is None:
                    continue
                patience = NEXT_ANNOUNCEMENT
                announcement = self._announcement(call, request, note)
                if announcement:
                    await place.bell.stops(line.perform(Play(announcement, interrupt="")))

    async def _ring(
        self,
        call: str,
        line: Line,
        request: ServeRequest,
        place: _Place,
        say: Spoken | None,
        note: Note,
    ) -> Served | None:
        offer = place.offer
        assert offer is not None
        agent = offer.agent
        account = self._accounts[agent]
        decision = offer.decision
        note(
            "offer",
            agent=agent,
            need=str(decision.need),
            stage=decision.stage,
            waited=round(decision.waited, 1),
            verdicts=verdicts_of(decision),
        )
        connect = Connect(
            AgentPhone(agent),
            ring=offer.ring,
            whisper=request.whisper(account.language),
            meanwhile=say,
            and_then=request.and_then,
            record=request.record,
        )
        outcome = await place.bell.stops(line.perform(connect))
        if outcome is None:  # withdrawn while it rang
            note("withdrawn", agent=agent)
            return None
        if place.offer is offer:  # else the floor has gone on to another agent already
            place.offer = None
        if isinstance(outcome, NotJoined):
            note("refused", agent=agent, cause=outcome.cause)
            self.tell(OfferRefused(call, agent, outcome.cause))
            return None
        assert isinstance(outcome, Joined)
        self.tell(OfferAccepted(call, agent))
        recording = {}
        if request.record is not None:
            recording = {"recording": request.record.stem, "recorded": outcome.recorded}
        note("joined", agent=agent, **recording)
        try:
            ended = await line.perform(Talk())
        finally:
            self.tell(TalkOver(call, agent))
        note("talk_over", by="agent")
        return Served(agent, over=isinstance(ended, HungUp))

    # -- what a supervisor does with a waiting call ---------------------------------------------

    def reorder(self, call: str, position: int = 1) -> bool:
        """Put a waiting call into another position, the front by default; False if none waits."""
        return self._tell_of(call, CallReordered(call, position))

    def withdraw(self, call: str) -> bool:
        """Take a call out of its queue; it goes where the flow says. False if it does not wait."""
        return self._tell_of(call, CallWithdrawn(call))

    def move(self, call: str, queue: str) -> bool:
        """Move a waiting call to another queue of its hotline, on the terms of that queue.

        False if it does not wait here; KeyError if its hotline has no such queue.
        """
        place = self._places.get(call)
        if place is None or place.request.terms is None or self.floor.call(call) is None:
            return False
        terms = place.request.terms(queue)
        place.needs = tuple(stage.need for stage in terms.stages)
        relax = _relax(terms.stages)
        event = CallMoved(call, queue, place.needs[0], relax, terms.head_start)
        return self._tell_of(call, event)

    def _tell_of(self, call: str, event: Event) -> bool:
        if self.floor.call(call) is None:
            return False
        self.tell(event)
        return True

    # -- what a waiting caller is told ---------------------------------------------------------

    def _outlook(self, call: str) -> dict[str, Any]:
        told = self.floor.outlook(call, self._now())
        if told is None:  # it was released as it came
            return {"position": 0}
        outlook: dict[str, Any] = {"position": told.position}
        if told.low is not None and told.high is not None:
            outlook |= {"low": round(told.low), "high": round(told.high)}
        return outlook | ({"longer": told.reason} if told.reason else {})

    def _announcement(self, call: str, request: ServeRequest, note: Note) -> tuple[Spoken, ...]:
        outlook = self._outlook(call)
        note("announced", **outlook)
        position = request.announce("queue_position", {"position": outlook["position"]})
        if "high" not in outlook:
            wait = request.announce("all_busy", {})
        elif outlook["high"] <= 60:
            wait = request.announce("queue_soon", {})
        else:
            wait = request.announce("queue_wait", {"minutes": ceil(outlook["high"] / 60)})
        return tuple(spoken for spoken in (position, wait) if spoken is not None)

    # -- the floor -----------------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        """Let the floor know what has happened, and see to what it asks for."""
        for instruction in self.floor.handle(event, self._now()):
            match instruction:
                case SetAside(agent, _, misses):
                    self._set_aside(agent, misses)
                case Offer() | Withdraw() | Release():
                    place = self._places.get(instruction.call)
                    if place is None:
                        self.ring_back(instruction)
                        continue
                    place.offer = instruction if isinstance(instruction, Offer) else None
                    place.left = instruction if isinstance(instruction, Release) else None
                    place.bell.ring()
        self._arm()

    def _arm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        wake = self.floor.next_wake()
        if wake is not None:
            loop = asyncio.get_running_loop()
            delay = max(0.0, wake - self._now())
            self._alarm = loop.call_later(delay, self.tell, TimePassed())


def _relax(stages: Sequence[Stage]) -> tuple[Relax, ...]:
    return tuple(Relax(stage.after, stage.need) for stage in stages[1:])
