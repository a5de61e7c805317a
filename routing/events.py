"""What the floor is told, and what it asks to be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from routing.match import Decision
from routing.model import Agent, Need, Queue, Relax
from routing.rest import Missed

ReleaseCause = Literal["full", "waited", "withdrawn"]


class IllegalEvent(Exception):
    """The floor was told something that cannot be: a mistake of whoever drives it, not a race."""


@dataclass(frozen=True, slots=True)
class CallWaits:
    """A call begins to wait in `queue`.

    A `need` given here replaces the queue's need and its stages; `relax` replaces the stages alone,
    or goes with that need. `head_start` is added to the queue's. `since` lets a call that waited
    before keep that time; it is never later than now. A `preferred` agent who is at work is waited
    for up to `patience` seconds before anybody else is offered the call; without patience they are
    only the first choice while free. With `limits` off the queue's limits do not release the call.
    A `callback` waits without a caller on the line. `excluded` agents did not take the call before.
    """

    call: str
    queue: str
    need: Need | None = None
    relax: tuple[Relax, ...] | None = None
    head_start: float = 0.0
    preferred: str | None = None
    since: float | None = None
    patience: float = 0.0
    limits: bool = True
    callback: bool = False
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CallLeft:
    """The caller has hung up or left the queue. Of a call that does not wait: nothing happens."""

    call: str


@dataclass(frozen=True, slots=True)
class CallReordered:
    """A supervisor puts a waiting call into `place` (1 is the front) of those it competes with.

    Of a call that does not wait, or is ringing: nothing happens.
    """

    call: str
    place: int = 1


@dataclass(frozen=True, slots=True)
class CallMoved:
    """A supervisor moves a waiting call to another queue; the time it has waited goes with it.

    `need`, `relax` and `head_start` are meant as in CallWaits. A phone that rings for it is
    withdrawn. Of a call that does not wait: nothing happens.
    """

    call: str
    queue: str
    need: Need | None = None
    relax: tuple[Relax, ...] | None = None
    head_start: float = 0.0


@dataclass(frozen=True, slots=True)
class CallWithdrawn:
    """A supervisor takes a call out of the queue; it is released. None such: nothing happens."""

    call: str


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """The caller of a waiting call will be rung back: the call keeps its place without them.

    A phone that rings for the call is withdrawn. Of a call that does not wait: nothing happens.
    """

    call: str


@dataclass(frozen=True, slots=True)
class CallbackPostponed:
    """A callback is not to be offered before `until`, and keeps its place.

    An agent it was offered to is free again and has missed nothing: it is the caller who did not
    answer, or the hour that is too late. Of a call that does not wait: nothing happens.
    IllegalEvent for a call with a caller on the line.
    """

    call: str
    until: float


@dataclass(frozen=True, slots=True)
class AgentArrived:
    """An agent logged in, `paused` for that reason if given; or a present one's skills changed."""

    agent: Agent
    paused: str | None = None


@dataclass(frozen=True, slots=True)
class AgentLeft:
    """An agent logged out. During a talk it takes effect after the talk."""

    agent: str


@dataclass(frozen=True, slots=True)
class AgentPaused:
    """An agent takes no calls for `reason`. During a talk it takes effect after the talk."""

    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class AgentResumed:
    """An agent takes calls again; it also ends a wrap-up early and forgets misses."""

    agent: str


@dataclass(frozen=True, slots=True)
class WrapUpExtended:
    """An agent wants `seconds` more for the wrap-up that is on. In no wrap-up: nothing happens."""

    agent: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PhoneSeen:
    """The switch can or cannot reach an agent's phone (taken as reachable until said otherwise)."""

    agent: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """The agent answered: caller and agent are talking."""

    call: str
    agent: str


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """The agent's phone was rung for the call and did not take it."""

    call: str
    agent: str
    cause: Missed


@dataclass(frozen=True, slots=True)
class TalkOver:
    """A talk that began with OfferAccepted has ended, whoever ended it."""

    call: str
    agent: str


@dataclass(frozen=True, slots=True)
class QueuesChanged:
    """The hotline's queues were edited. Calls that wait already keep the terms they came under."""

    queues: Mapping[str, Queue]


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing happened but time; due at `Floor.next_wake`."""


AgentEvent = (
    AgentArrived
    | AgentLeft
    | AgentPaused
    | AgentResumed
    | WrapUpExtended
    | PhoneSeen
    | OfferAccepted
    | OfferRefused
    | TalkOver
)
CallEvent = (
    CallWaits
    | CallLeft
    | CallReordered
    | CallMoved
    | CallWithdrawn
    | CallbackAsked
    | CallbackPostponed
)
Event = AgentEvent | CallEvent | QueuesChanged | TimePassed


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring the decision's agent for its call, `ring` seconds at most.

    For a callback (`decision.waiting.callback`) the agent is reserved, and the caller is rung.
    """

    decision: Decision
    ring: float

    @property
    def call(self) -> str:
        """The call."""
        return self.decision.waiting.call

    @property
    def agent(self) -> str:
        """The agent."""
        return self.decision.agent


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Stop ringing `agent` for `call`; the call goes on waiting in its place.

    Not given when the caller hangs up: whoever says CallLeft knows that the call has gone.
    """

    call: str
    agent: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """`agent` missed `misses` calls in a row, the last by `cause`: paused until AgentResumed."""

    agent: str
    cause: Missed
    misses: int


@dataclass(frozen=True, slots=True)
class Release:
    """`call` waits no more, and its caller goes elsewhere: it has left the floor.

    full       the queue had as many calls as it may when this one came
    waited     it has waited as long as its queue allows
    withdrawn  a supervisor took it out
    """

    call: str
    queue: str
    cause: ReleaseCause


Instruction = Offer | Withdraw | SetAside | Release
