"""What is known of calls that were, whoever recorded them?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call that asked for an agent.

    `since` is when it did, in seconds from midnight before the trace begins; `waited` is how long
    until it was answered or the caller gave up, `talk` how long the answered call was served. With
    `answered` but no `agent` nobody knows who served it. `kind` is the type of service or queue.
    `priority` is the recorder's own; None where the recorder did not keep it. `skill` is a language
    or other skill that the call asks of an agent beside its kind, "" for none. `customer` is who
    called, "" where the recorder did not know. `head_start` is the seconds of waiting time by which
    the recorder put the call ahead; None where nobody knows its order.
    """

    call: str
    kind: str
    since: float
    waited: float
    answered: bool
    agent: str | None = None
    talk: float = 0.0
    priority: int | None = None
    skill: str = ""
    age: int | None = None
    customer: str = ""
    head_start: float | None = None

    @property
    def until(self) -> float:
        """When the waiting was over."""
        return self.since + self.waited

    @property
    def asks(self) -> str:
        """What it asks of an agent: a skill of its own, or else its kind."""
        return self.skill or self.kind


@dataclass(frozen=True, slots=True)
class Work:
    """What kept an agent busy from `start` for `seconds` that was no call of the queue."""

    agent: str
    start: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Trace:
    """Calls in order of `since`. `left_out` says how many rows were not taken, by the reason."""

    name: str
    begins: date
    calls: tuple[Recorded, ...]
    work: tuple[Work, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """How many days it spans."""
        return 1 + int(max((call.until for call in self.calls), default=0.0) // DAY)
