"""Who and what meets on the floor: queues, waiting calls and agents at their seats.

All records are frozen: the floor replaces them, so one kept in a decision shows the past as it was.
"""

from dataclasses import dataclass
from typing import Literal

from routing.rest import COOL_DOWNS, CoolDowns, Rest
from routing.skills import ANYBODY, Agent, Need

__all__ = [
    "ANYBODY",
    "Agent",
    "CoolDowns",
    "Idle",
    "Need",
    "Place",
    "Queue",
    "Relax",
    "Reserve",
    "Rest",
    "Seat",
    "State",
    "Waiting",
    "check_stages",
]

Place = tuple[float, float, str]
"""A call's place: effective arrival, running number, call. The smaller is served first."""

Idle = tuple[float, str]
"""An agent's place among the free: idle since, name. The smaller is offered first."""

State = Literal["away", "free", "ringing", "talking", "wrap_up", "paused"]


@dataclass(frozen=True, slots=True)
class Relax:
    """After `after` seconds of waiting, `need` is asked for instead of what was asked before."""

    after: float
    need: Need


@dataclass(frozen=True, slots=True)
class Reserve:
    """`free` agents are kept for the next call of a queue; see `routing.reserve`.

    `need` and `relax` are what such a call asks for, and `head_start` how far ahead it comes, in
    seconds. ValueError for fewer than one agent, and for stages out of order.
    """

    free: int
    need: Need = ANYBODY
    relax: tuple[Relax, ...] = ()
    head_start: float = 0.0

    def __post_init__(self) -> None:
        if self.free < 1:
            raise ValueError("Who keeps agents free keeps one at least.")
        check_stages("A reserve", self.relax)


@dataclass(frozen=True, slots=True)
class Queue:
    """How calls of one kind wait.

    `relax` holds the stages in order of time. `head_start` is priority: the seconds a call counts
    as having waited before it came. `ring` is how long an agent's phone rings and `wrap_up` how
    long an agent is left alone after the talk, in seconds; `cool_downs` are how long who does not
    take a call of this queue rests.

    A call that has to wait is released where already `most` wait, and after `longest` seconds.
    During its first `spare` seconds a call is not given an agent whom others need more; see
    `routing.pairing`. `reserve` are agents kept for its calls. ValueError for stages out of order.
    """

    name: str
    need: Need = ANYBODY
    relax: tuple[Relax, ...] = ()
    head_start: float = 0.0
    ring: float = 20.0
    wrap_up: float = 10.0
    most: int | None = None
    longest: float | None = None
    spare: float = 0.0
    reserve: Reserve | None = None
    cool_downs: CoolDowns = COOL_DOWNS

    def __post_init__(self) -> None:
        check_stages(f"Queue {self.name}", self.relax)


def check_stages(owner: str, relax: tuple[Relax, ...]) -> None:
    """ValueError unless every stage comes later than the one before it, the first after 0 s."""
    before = 0.0
    for stage in relax:
        if not stage.after > before:
            raise ValueError(
                f"{owner}: a need relaxes after {stage.after:g} s, but the stage before it begins"
                f" at {before:g} s; list the stages in order of time, the first after 0 s."
            )
        before = stage.after


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that waits: in its place, or while a phone rings for it (`offered_to`).

    `stages` begins with what is asked for at once (after 0 s); `stage` is the one reached. `number`
    counts calls as they come and parts those of equal standing. `excluded` are agents who were
    offered this call and did not take it.

    Three things end by time or by what agents do, and are None once over: until `own_until` only
    the preferred agent is offered the call, until `spare_until` nobody whom others need more, and
    until `not_before` nobody at all. A `callback` has no caller on the line.
    """

    call: str
    queue: Queue
    number: float
    since: float
    head_start: float
    stages: tuple[Relax, ...]
    stage: int = 0
    preferred: str | None = None
    excluded: frozenset[str] = frozenset()
    offered_to: str | None = None
    own_until: float | None = None
    spare_until: float | None = None
    not_before: float | None = None
    callback: bool = False
    limits: bool = True
    effective: float | None = None

    @property
    def standing(self) -> Literal["ringing", "later", "own", "open"]:
        """Who may be offered it: nobody (a phone rings, or not yet), its own agent, or anybody."""
        if self.offered_to is not None:
            return "ringing"
        if self.not_before is not None:
            return "later"
        return "open" if self.own_until is None else "own"

    @property
    def must_go_at(self) -> float | None:
        """When it has waited as long as its queue allows; None if that is without end."""
        if self.queue.longest is None or self.callback or not self.limits:
            return None
        return self.since + self.queue.longest

    @property
    def need(self) -> Need:
        """What is asked for now."""
        return self.stages[self.stage].need

    @property
    def place(self) -> Place:
        """Priority as virtual waiting: a constant shift of arrival, so two calls never swap."""
        if self.effective is not None:
            return (self.effective, self.number, self.call)
        return (self.since - self.head_start, self.number, self.call)

    def stage_begins(self, stage: int) -> float:
        """When `stage` begins; stage 0 begins with the waiting itself."""
        return self.since + self.stages[stage].after

    @property
    def relaxes_at(self) -> float | None:
        """When the next stage begins; None in the last one."""
        last = self.stage + 1 >= len(self.stages)
        return None if last else self.stage_begins(self.stage + 1)


@dataclass(frozen=True, slots=True)
class Seat:
    """A logged-in agent on the floor. The agent's `state` began at `since`.

    `idle_since` orders the free. `call` and `queue` are those of the ringing or the talk. `until`
    is the end of the wrap-up. `pause` is the reason; set during a talk it takes effect after it,
    and so does `leaving`. `misses` counts offers not taken in a row. Until `rests_until` the agent
    is offered only what nobody else at work could take; `rest` says why.
    """

    agent: Agent
    state: State
    since: float
    idle_since: float
    reachable: bool = True
    pause: str | None = None
    leaving: bool = False
    call: str | None = None
    queue: Queue | None = None
    until: float | None = None
    misses: int = 0
    rests_until: float | None = None
    rest: Rest | None = None

    @property
    def name(self) -> str:
        """The agent's name."""
        return self.agent.name

    @property
    def offerable(self) -> bool:
        """Free, at a phone that can be reached."""
        return self.state == "free" and self.reachable

    @property
    def working(self) -> bool:
        """Will be offerable in time without anybody's doing: not paused, not leaving, reachable."""
        return self.pause is None and not self.leaving and self.reachable

    @property
    def idle(self) -> Idle:
        """The place among the free."""
        return (self.idle_since, self.name)

    def to(
        self,
        state: State,
        at: float,
        *,
        call: str | None = None,
        queue: Queue | None = None,
        until: float | None = None,
    ) -> "Seat":
        """This seat in another state, with what belongs to that.

        Who becomes free goes last among the free, except after a ringing that was nobody's fault.
        """
        if state == self.state and call is None:
            return self
        newly_free = state == "free" and self.state != "ringing"
        return Seat(
            self.agent,
            state,
            since=at,
            idle_since=at if newly_free else self.idle_since,
            reachable=self.reachable,
            pause=self.pause,
            leaving=self.leaving,
            call=call,
            queue=queue,
            until=until,
            misses=self.misses,
            rests_until=self.rests_until,
            rest=self.rest,
        )
