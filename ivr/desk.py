"""The async shell around the floor: tells it what happens and carries out what it decides.

The floor is pure and knows no telephone. Its instructions go to the waits of the calls they are
about, where they become music, ringing and talks; what came of them goes back to it as events.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ivr.agent import AgentAccount
from ivr.flow.serving import CalledBack, NotServed, PhoneLost, Served, ServeRequest, Stage
from ivr.line.line import Line
from ivr.returns import Returns
from ivr.wait import UNSTAFFED, Note, Wait
from routing.events import (
    AgentArrived,
    AgentLeft,
    AgentPaused,
    AgentResumed,
    CallbackAsked,
    CallbackPostponed,
    CallLeft,
    CallMoved,
    CallReordered,
    CallWaits,
    CallWithdrawn,
    Event,
    Offer,
    OfferAccepted,
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
from routing.model import Agent, Queue, Relax

HANGS_UP_WITHIN = 60.0
"""Seconds; whoever asked to be called back is not rung before they hung up, or that has passed."""


class Desk:
    """The floor of one hotline, live.

    `now` is a monotonic clock in seconds. `set_aside(agent, misses)` is called when the floor has
    paused an agent who missed calls. `ring_back` is given what is to be done about callbacks: no
    line of theirs is here. `accounts` are those of the agents seen, `returns` remembers who was cut
    off.
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
        self.now = now
        self._set_aside = set_aside
        self.ring_back = ring_back
        self.accounts: dict[str, AgentAccount] = {}
        self._waits: dict[str, Wait] = {}
        self._alarm: asyncio.TimerHandle | None = None

    # -- agents --------------------------------------------------------------------------------

    def log_in(self, account: AgentAccount) -> None:
        """An agent is here, or has other skills or a pause from now on."""
        self.accounts[account.name] = account
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

    def extend_wrap_up(self, name: str, seconds: float) -> bool:
        """An agent needs longer for the wrap-up that is on; False if none is."""
        seat = self.floor.agent(name)
        if seat is None or seat.state != "wrap_up":
            return False
        self.tell(WrapUpExtended(name, seconds))
        return True

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
    ) -> Served | NotServed | CalledBack | PhoneLost:
        """Let the call wait for an agent, ring agents, and let them talk.

        A call that is to be called back keeps its place, and is not rung for some seconds: the
        caller has yet to hang up. One whose agent's phone is gone may be served again.

        Raises `CallerHungUp` and `LineError`; the call has left the floor then.
        """
        needs = tuple(stage.need for stage in request.stages)
        talks = request.talks_to is not None
        if not talks and not any(map(self.floor.can_ever_serve, needs)):
            return UNSTAFFED
        since = self.now() - request.waited
        keeps_place = False
        wait = self._waits[call] = Wait(call, line, request, note, self)
        try:
            if request.talks_to is not None:
                return await wait.talk_on(request.talks_to)
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
                    excluded=request.refused_by,
                )
            )
            relax = [[stage.after, str(stage.need)] for stage in request.stages[1:]]
            terms: dict[str, Any] = {"need": str(needs[0]), "relax": relax}
            terms["head_start"] = request.head_start
            if request.preferred is not None and request.patience > 0:
                terms |= {"own_agent": request.preferred, "patience": round(request.patience)}
            if request.waited > 0:
                terms["before"] = round(request.waited)
            note("waiting", queue=request.queue, **terms, **wait.outlook())
            served = await wait.for_an_agent()
            keeps_place = isinstance(served, CalledBack)
            return served
        finally:
            del self._waits[call]
            if keeps_place:
                self.tell(CallbackAsked(call))
                self.tell(CallbackPostponed(call, self.now() + HANGS_UP_WITHIN))
            else:
                self.tell(CallLeft(call))

    def talk_seen(self, call: str, agent: str, queue: str) -> None:
        """A talk goes on that began when somebody else had the call; `serve` follows it."""
        seat = self.floor.agent(agent)
        if not queue or seat is None or seat.state == "talking":
            return
        for event in (CallWaits(call, queue, limits=False), OfferAccepted(call, agent)):
            self.tell(event, but=call)

    def talk_gone(self, call: str, agent: str) -> None:
        """A talk that was seen is over, if nobody has said so yet."""
        self.tell(TalkOver(call, agent))

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
        wait = self._waits.get(call)
        if wait is None or wait.request.terms is None or self.floor.call(call) is None:
            return False
        terms = wait.request.terms(queue)
        wait.needs = tuple(stage.need for stage in terms.stages)
        relax = _relax(terms.stages)
        event = CallMoved(call, queue, wait.needs[0], relax, terms.head_start)
        return self._tell_of(call, event)

    def _tell_of(self, call: str, event: Event) -> bool:
        if self.floor.call(call) is None:
            return False
        self.tell(event)
        return True

    # -- the floor -----------------------------------------------------------------------------

    def tell(self, event: Event, but: str | None = None) -> None:
        """Let the floor know what has happened, and see to what it asks for, `but` for that call."""
        for instruction in self.floor.handle(event, self.now()):
            if (
                but is not None
                and not isinstance(instruction, SetAside)
                and instruction.call == but
            ):
                continue
            match instruction:
                case SetAside(agent, _, misses):
                    self._set_aside(agent, misses)
                case Offer() | Withdraw() | Release():
                    wait = self._waits.get(instruction.call)
                    if wait is None:
                        self.ring_back(instruction)
                    else:
                        wait.learn(instruction)
        self._arm()

    def _arm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        wake = self.floor.next_wake()
        if wake is not None:
            loop = asyncio.get_running_loop()
            delay = max(0.0, wake - self.now())
            self._alarm = loop.call_later(delay, self.tell, TimePassed())


def _relax(stages: Sequence[Stage]) -> tuple[Relax, ...]:
    return tuple(Relax(stage.after, stage.need) for stage in stages[1:])
