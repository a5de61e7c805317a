"""What does a waiting caller hear, and how do caller and agent come together?"""

from collections.abc import Callable, Mapping
from math import ceil, inf
from typing import Any, Protocol

from ivr.agent import AgentAccount
from ivr.bell import Bell
from ivr.flow.serving import CalledBack, NotServed, PhoneLost, Served, ServeRequest
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
    TalkEnded,
)
from ivr.line.line import Line
from ivr.reasons import verdicts_of
from routing.events import (
    CallWaits,
    Event,
    Offer,
    OfferAccepted,
    OfferRefused,
    Release,
    TalkOver,
    Withdraw,
)
from routing.views import Views

Note = Callable[..., None]

UNSTAFFED = NotServed("unstaffed")
PHONE_LOST = "phone_lost"
"""By whom a talk is noted to be ended that broke off."""
HEARD_RINGING = 1.0
"""Seconds; of a phone that is gone sooner than that a caller need not hear."""


class Floorside(Protocol):
    """The desk, as a wait sees it."""

    @property
    def floor(self) -> Views:
        """What may be asked of the floor."""

    @property
    def accounts(self) -> Mapping[str, AgentAccount]:
        """The agents, by name."""

    def now(self) -> float:
        """The time on the floor's clock."""

    def tell(self, event: Event) -> None:
        """Let the floor know what has happened."""


class Wait:
    """One call that wants an agent, on its line.

    `needs` are those of all its stages, for as long as it stays in its queue.
    """

    def __init__(
        self, call: str, line: Line, request: ServeRequest, note: Note, desk: Floorside
    ) -> None:
        self.request = request
        self.needs = tuple(stage.need for stage in request.stages)
        self._call, self._line, self._note, self._desk = call, line, note, desk
        self._since = desk.now()
        self._offer: Offer | None = None
        self._left: Release | None = None
        self._bell = Bell()
        self._back = request.back
        self._phone_gone = False

    def learn(self, instruction: Offer | Withdraw | Release) -> None:
        """The floor has decided something about the call; what is being done for it stops."""
        self._offer = instruction if isinstance(instruction, Offer) else None
        self._left = instruction if isinstance(instruction, Release) else None
        self._bell.ring()

    def outlook(self) -> dict[str, Any]:
        """What the caller may be told now: the position, and a range of seconds where there is one."""
        told = self._desk.floor.outlook(self._call, self._desk.now())
        if told is None:  # it was released as it came
            return {"position": 0}
        outlook: dict[str, Any] = {"position": told.position}
        if told.low is not None and told.high is not None:
            outlook |= {"low": round(told.low), "high": round(told.high)}
        return outlook | ({"longer": told.reason} if told.reason else {})

    def _announcement(self) -> tuple[Spoken, ...]:
        outlook, request = self.outlook(), self.request
        self._note("announced", **outlook)
        position = request.announce("queue_position", {"position": outlook["position"]})
        if "high" not in outlook:
            wait = request.announce("all_busy", {})
        elif outlook["high"] <= 60:
            wait = request.announce("queue_soon", {})
        else:
            wait = request.announce("queue_wait", {"minutes": ceil(outlook["high"] / 60)})
        return tuple(spoken for spoken in (position, wait) if spoken is not None)

    def _told(self, turn: int) -> tuple[Spoken, ...]:
        """What is said between the music: place and wait, in turn with words of comfort."""
        comfort = self.request.comfort
        if not comfort or turn % 2 == 0:
            return self._announcement()
        spoken = comfort[turn // 2 % len(comfort)]
        self._note("said", prompt=spoken.name, language=spoken.language)
        return (spoken,)

    def _until_back(self) -> float:
        """The seconds until the caller is offered to be called back, by the time they waited."""
        if self._back is None or self._back.after is None:
            return inf
        waited = self.request.waited + self._desk.now() - self._since
        return max(0.0, self._back.after - waited)

    def _is_long(self) -> bool:
        """Whether the wait is so long that they are offered it now."""
        if self._back is None or self._back.over is None:
            return False
        high = self.outlook().get("high")
        return high is not None and float(high) > self._back.over

    async def for_an_agent(self) -> Served | NotServed | CalledBack | PhoneLost:
        """Wait, and talk. Raises `CallerHungUp` and `LineError`."""
        line, request = self._line, self.request
        say, patience, turn = request.say, request.first_told, 0
        while True:
            self._bell.heard()
            if self._offer is not None:
                served = await self._ring(self._offer, say)
                # A sentence is heard once, with the first phone that rings.
                say = self._sorry() if self._phone_gone else None
                if served is not None:
                    return served
            elif self._left is not None:
                return NotServed(self._left.cause, waited=self._desk.now() - self._since)
            elif not any(map(self._desk.floor.can_ever_serve, self.needs)):
                return UNSTAFFED
            elif say is not None:
                await self._bell.stops(line.perform(Play((say,), interrupt="")))
                say = None if self._offer is None else say
            elif self._back is not None and (self._until_back() <= 0 or self._is_long()):
                back, self._back = self._back, None
                number = await self._bell.stops(back.ask())
                if number is not None and self._left is None:
                    return CalledBack(number, request.waited + self._desk.now() - self._since)
            else:
                until_back = self._until_back()
                if until_back < patience:
                    await self._bell.stops(line.perform(Hold(until_back)))
                    patience -= until_back
                    continue
                if await self._bell.stops(line.perform(Hold(patience))) is None:
                    continue
                patience = request.told_every / (2 if request.comfort else 1)
                told = self._told(turn)
                turn += 1
                if told:
                    await self._bell.stops(line.perform(Play(told, interrupt="")))

    async def talk_on(self, agent: str) -> Served | PhoneLost:
        """Follow a talk that began when somebody else had the call; the floor knows of it."""
        return await self._talk(agent)

    async def _ring(self, offer: Offer, say: Spoken | None) -> Served | PhoneLost | None:
        call, line, request, note = self._call, self._line, self.request, self._note
        agent = offer.agent
        account = self._desk.accounts[agent]
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
        rung = self._desk.now()
        outcome = await self._bell.stops(line.perform(connect))
        gone = outcome == NotJoined("unreachable") or (outcome is None and self._is_gone(agent))
        self._phone_gone = gone and self._desk.now() - rung >= HEARD_RINGING
        if outcome is None:  # withdrawn while it rang
            note("withdrawn", agent=agent, **({"cause": "unreachable"} if gone else {}))
            return None
        if self._offer is offer:  # else the floor has gone on to another agent already
            self._offer = None
        if isinstance(outcome, NotJoined):
            note("refused", agent=agent, cause=outcome.cause)
            self._desk.tell(OfferRefused(call, agent, outcome.cause))
            return None
        assert isinstance(outcome, Joined)
        if self._left is not None:
            # A supervisor took the call out as the phone was lifted. The two talk all the same.
            self._desk.tell(CallWaits(call, request.queue, need=self.needs[0], limits=False))
        self._desk.tell(OfferAccepted(call, agent))
        recording = {}
        if request.record is not None:
            recording = {"recording": request.record.stem, "recorded": outcome.recorded}
        note("joined", agent=agent, **recording)
        return await self._talk(agent)

    def _sorry(self) -> Spoken | None:
        """What is said where a phone is gone, and another is looked for."""
        sorry = self.request.agent_lost
        if sorry is not None:
            self._note("said", prompt=sorry.name, language=sorry.language)
        return sorry

    def _is_gone(self, agent: str) -> bool:
        seat = self._desk.floor.agent(agent)
        return seat is not None and not seat.reachable

    async def _talk(self, agent: str) -> Served | PhoneLost:
        try:
            ended = await self._line.perform(Talk())
        finally:
            self._desk.tell(TalkOver(self._call, agent))
        if isinstance(ended, TalkEnded) and ended.lost:
            self._note("talk_over", by=PHONE_LOST)
            return PhoneLost(agent, self.request.waited + self._desk.now() - self._since)
        self._note("talk_over", by="agent")
        return Served(agent, over=isinstance(ended, HungUp))
