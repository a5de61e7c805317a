"""The async shell around the floor: tells it what happens and carries out what it decides.

The floor is pure and knows no telephone. Here its instructions become music, ringing and talks, and
what came of them goes back to it as events.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from ivr.agent import AgentAccount
from ivr.flow.serving import NotServed, Served, ServeRequest
from ivr.line.commands import (
    AgentPhone,
    Connect,
    Hold,
    HungUp,
    Joined,
    NotJoined,
    Outcome,
    Play,
    Spoken,
    Talk,
)
from ivr.line.line import Line
from ivr.reasons import verdicts_of
from routing.events import (
    AgentArrived,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallLeft,
    CallWaits,
    Event,
    Offer,
    OfferAccepted,
    OfferRefused,
    PhoneSeen,
    QueuesChanged,
    SetAside,
    TalkOver,
    TimePassed,
    Withdraw,
)
from routing.floor import Floor
from routing.model import Agent, Need, Queue, Relax

Note = Callable[..., None]

FIRST_ANNOUNCEMENT = 4.0  # seconds of music before a caller is first told the position
NEXT_ANNOUNCEMENT = 40.0  # seconds between one announcement and the next
_UNSTAFFED = NotServed("unstaffed")


class _Bell:
    """Rings when there is news for a call, and stops what is done with its line meanwhile."""

    def __init__(self) -> None:
        self._rung = False
        self._timeout: asyncio.Timeout | None = None

    def ring(self) -> None:
        """There is news."""
        self._rung = True
        if self._timeout is not None:
            self._timeout.reschedule(asyncio.get_running_loop().time())

    def heard(self) -> None:
        """The news is known."""
        self._rung = False

    async def stops(self, doing: Coroutine[Any, Any, Outcome]) -> Outcome | None:
        """Do something on the line until the bell rings; None if the bell came first.

        An outcome that is there when it rings counts: an agent who has answered is not taken back.
        """
        if self._rung:
            doing.close()
            return None
        # A timeout without a time, which comes due at the bell: no task is needed for the work.
        try:
            async with asyncio.timeout(None) as self._timeout:
                return await doing
        except TimeoutError:
            if not self._rung:
                raise
            return None
        finally:
            self._timeout = None


@dataclass(slots=True)
class _Place:
    """A waiting call as the desk sees it: the offer it has now, and a bell for when that changes."""

    offer: Offer | None = None
    bell: _Bell = field(default_factory=_Bell)


class Desk:
    """The floor of one hotline, live.

    `now` is a monotonic clock in seconds. `set_aside(agent, misses)` is called when the floor has
    paused an agent who missed calls.
    """

    def __init__(
        self,
        floor: Floor,
        now: Callable[[], float],
        set_aside: Callable[[str, int], None] = lambda agent, misses: None,
    ) -> None:
        self.floor = floor
        self._now = now
        self._set_aside = set_aside
        self._accounts: dict[str, AgentAccount] = {}
        self._places: dict[str, _Place] = {}
        self._alarm: asyncio.TimerHandle | None = None

    # -- agents --------------------------------------------------------------------------------

    def log_in(self, account: AgentAccount) -> None:
        """An agent is here, or has other skills or a pause from now on."""
        self._accounts[account.name] = account
        self._tell(AgentArrived(Agent(account.name, account.skills), paused=account.paused))

    def log_out(self, name: str) -> None:
        """An agent leaves, after the talk if one is under way."""
        self._tell(AgentLeft(name))

    def pause(self, name: str, reason: str) -> None:
        """An agent takes no calls, after the talk if one is under way."""
        self._tell(AgentPaused(name, reason))

    def resume(self, name: str) -> None:
        """An agent takes calls again."""
        self._tell(AgentResumed(name))

    def phone_seen(self, name: str, *, reachable: bool) -> None:
        """The switch says whether an agent's phone can be reached."""
        self._tell(PhoneSeen(name, reachable))

    def staffed(self, skill: str) -> bool:
        """Whether an agent with the skill is logged in."""
        return self.floor.staffed(skill)

    def queues_changed(self, queues: Mapping[str, Queue]) -> None:
        """Other flows are live; who gives `queues` keeps those that calls under way may still need."""
        self._tell(QueuesChanged(queues))

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
        stages = [(stage.after, Need(stage.levels)) for stage in request.stages]
        if not self.floor.can_ever_serve(stages[-1][1]):
            return _UNSTAFFED
        place = self._places[call] = _Place()
        try:
            self._tell(
                CallWaits(
                    call,
                    request.queue,
                    need=stages[0][1],
                    relax=tuple(Relax(after, need) for after, need in stages[1:]),
                    head_start=request.head_start,
                    preferred=request.preferred,
                )
            )
            relax = [[after, str(need)] for after, need in stages[1:]]
            terms = {"need": str(stages[0][1]), "relax": relax, "head_start": request.head_start}
            note("waiting", queue=request.queue, **terms, **self._outlook(call))
            return await self._wait_and_talk(call, line, request, place, note)
        finally:
            del self._places[call]
            self._tell(CallLeft(call))

    async def _wait_and_talk(
        self, call: str, line: Line, request: ServeRequest, place: _Place, note: Note
    ) -> Served | NotServed:
        say, patience, last_need = request.say, FIRST_ANNOUNCEMENT, Need(request.stages[-1].levels)
        while True:
            place.bell.heard()
            if place.offer is not None:
                served = await self._ring(call, line, request, place, say, note)
                say = None  # the sentence is heard once, with the first phone that rings
                if served is not None:
                    return served
            elif not self.floor.can_ever_serve(last_need):
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
            self._tell(OfferRefused(call, agent, outcome.cause))
            return None
        assert isinstance(outcome, Joined)
        self._tell(OfferAccepted(call, agent))
        recording = {}
        if request.record is not None:
            recording = {"recording": request.record.stem, "recorded": outcome.recorded}
        note("joined", agent=agent, **recording)
        try:
            ended = await line.perform(Talk())
        finally:
            self._tell(TalkOver(call, agent))
        note("talk_over", by="agent")
        return Served(agent, over=isinstance(ended, HungUp))

    # -- what a waiting caller is told ---------------------------------------------------------

    def _outlook(self, call: str) -> dict[str, Any]:
        expected = self.floor.expected_wait(call, self._now())
        outlook: dict[str, Any] = {"position": self.floor.position(call)}
        if expected is not None:
            outlook |= {"low": round(expected[0]), "high": round(expected[1])}
        return outlook

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

    def _tell(self, event: Event) -> None:
        for instruction in self.floor.handle(event, self._now()):
            match instruction:
                case Offer(call=call):
                    self._places[call].offer = instruction
                    self._places[call].bell.ring()
                case Withdraw(call, _):
                    self._places[call].offer = None
                    self._places[call].bell.ring()
                case SetAside(agent, _, misses):
                    self._set_aside(agent, misses)
        self._arm()

    def _arm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        wake = self.floor.next_wake()
        if wake is not None:
            loop = asyncio.get_running_loop()
            delay = max(0.0, wake - self._now())
            self._alarm = loop.call_later(delay, self._tell, TimePassed())
