"""What does a flow ask of the house around it: an agent, the time, a place in the record?"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ivr.flow.box import Dictated, Kept, TooShort
from ivr.flow.hearing import Hearing
from ivr.flow.outside import Failed, Outside
from ivr.line.commands import Spoken
from ivr.line.line import Line
from routing.skills import Need


@dataclass(frozen=True, slots=True)
class Stage:
    """What the call asks of an agent once it has waited `after` seconds."""

    after: float
    need: Need


@dataclass(frozen=True, slots=True)
class Terms:
    """What a call asks for in a queue, and how far ahead it is there."""

    stages: tuple[Stage, ...]
    head_start: float


@dataclass(frozen=True, slots=True)
class BackOffer:
    """When a waiting caller is offered to be called back: `after` so many seconds, or when the wait
    they are told of is longer than `over`. `ask` asks them for the number (E.164); None is a no."""

    ask: Callable[[], Coroutine[Any, Any, str | None]]
    after: float | None = None
    over: float | None = None


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """A call that wants an agent of `queue`.

    `stages` begin at 0 seconds and relax with the wait; `head_start` counts as time already waited;
    `say` is heard once while the first phone rings or before the wait. `whisper(language)` is what
    an agent of that language hears about the caller; `announce(prompt, values)` words an
    announcement for the caller, `first_told` seconds after the wait began and `told_every` so often
    after it, with the next of `comfort` halfway between. With `and_then` the call is needed back
    after the talk. The talk is recorded into the file `record`.

    A `preferred` agent at work is waited for up to `patience` seconds. A call that came from
    another queue has `waited` there already, and was `refused_by` agents; one that is picked up again
    may even be talking to one (`talks_to`). With `limits` off it may stay here. `terms(queue)`
    are those of another queue for this call, should a supervisor move it there. `back`
    offers to call them back instead; their language then is `language`. `agent_lost` is heard where
    an agent's phone is gone, and another is looked for.
    """

    queue: str
    stages: tuple[Stage, ...]
    head_start: float
    preferred: str | None
    say: Spoken | None
    and_then: bool
    whisper: Callable[[str], tuple[Spoken, ...]]
    announce: Callable[[str, Mapping[str, Any]], Spoken | None]
    record: Path | None = None
    patience: float = 0.0
    waited: float = 0.0
    limits: bool = True
    refused_by: frozenset[str] = frozenset()
    talks_to: str | None = None
    terms: Callable[[str], Terms] | None = None
    first_told: float = 4.0
    told_every: float = 40.0
    comfort: tuple[Spoken, ...] = ()
    back: BackOffer | None = None
    language: str = ""
    agent_lost: Spoken | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """The caller talked to `agent`; `over` says that the call ended with the talk."""

    agent: str
    over: bool


@dataclass(frozen=True, slots=True)
class NotServed:
    """No agent: "closed", or "unstaffed" as nobody who could serve is logged in; "full", or "waited"
    too long; or "withdrawn" by a supervisor. `target` is where to go instead. The call `waited` so
    many seconds.
    """

    why: str
    target: str | None = None
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class CalledBack:
    """The caller hangs up now and will be rung back at `number` (E.164) in their turn."""

    number: str
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class PhoneLost:
    """The phone of `agent` is gone in the middle of the talk, and the caller is still there. Since
    the call came into its queue, `waited` seconds have passed."""

    agent: str
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class BackRequest:
    """A caller who did not wait, to be rung back at `number` by an agent of `queue` in their turn."""

    number: str
    language: str
    queue: str
    terms: Terms


class House(Outside, Hearing, Protocol):
    """What stands around a running flow. `ivr.call.house` is the real one."""

    @property
    def call_id(self) -> str:
        """The call's own name, the same in its record."""

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the call's record."""

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """Record a failure that the caller must not feel, and tell the operator."""

    def now(self) -> datetime:
        """The time, aware."""

    def staffed(self, skill: str) -> bool:
        """Whether an agent with the skill is logged in."""

    @property
    def dialled(self) -> str:
        """The number that the caller rang."""

    def ivr_file(self) -> Path | None:
        """A file to record what is said in the flow; None where it is not to be."""

    def message_file(self) -> Path | None:
        """A file for what the caller will say; None where there is no room for it."""

    async def keep_message(self, dictated: Dictated) -> Kept | TooShort | Failed:
        """Keep what the caller said."""

    def consent(self, *, recording: bool) -> None:
        """The caller's talks from now on may, or must not, be recorded."""

    async def serve(self, line: Line, request: ServeRequest) -> Served | NotServed | CalledBack:
        """Wait for an agent and let the caller talk. Raises `CallerHungUp` and `LineError`."""

    async def call_back(self, request: BackRequest) -> bool:
        """Have a caller rung back who did not wait; whether that is kept now."""
