"""What the floor is told, and what it asks to be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from routing.match import Decision
from routing.model import Agent, Need, Queue, Relax

RefusalCause = Literal["no_answer", "busy", "declined", "unreachable"]


class IllegalEvent(Exception):
    """The floor was told something that cannot be: a mistake of whoever drives it, not a race."""


@dataclass(frozen=True, slots=True)
class CallWaits:
    """A call begins to wait in `queue`.

    A `need` given here replaces the queue's need and its stages; `relax` replaces the stages alone,
    or goes with that need. `head_start` is added to the queue's. `since` lets a call that waited
    before keep that time; it is never later than now.
    """

    call: str
    queue: str
    need: Need | None = None
    relax: tuple[Relax, ...] | None = None
    head_start: float = 0.0
    preferred: str | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class CallLeft:
    """The caller has hung up or left the queue. Of a call that does not wait: nothing happens."""

    call: str


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
    cause: RefusalCause


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
    | PhoneSeen
    | OfferAccepted
    | OfferRefused
    | TalkOver
)
Event = AgentEvent | CallWaits | CallLeft | QueuesChanged | TimePassed


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring the decision's agent for its call, `ring` seconds at most."""

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
    cause: RefusalCause
    misses: int


Instruction = Offer | Withdraw | SetAside
