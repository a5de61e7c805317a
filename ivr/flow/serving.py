"""What a flow asks of the house around it: an agent, the time, a place in the record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ivr.line.commands import Spoken
from ivr.line.line import Line

Levels = Mapping[str, int]  # skill → least level


@dataclass(frozen=True, slots=True)
class Stage:
    """What the call asks of an agent once it has waited `after` seconds."""

    after: float
    levels: Levels


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """A call that wants an agent of `queue`.

    `stages` begin at 0 seconds and relax with the wait; `head_start` counts as time already waited;
    `say` is heard once while the first phone rings or before the wait. `whisper(language)` is what
    an agent of that language hears about the caller; `announce(prompt, values)` words an
    announcement for the caller. With `and_then` the call is needed back after the talk.
    """

    queue: str
    stages: tuple[Stage, ...]
    head_start: float
    preferred: str | None
    say: Spoken | None
    and_then: bool
    whisper: Callable[[str], tuple[Spoken, ...]]
    announce: Callable[[str, Mapping[str, Any]], Spoken | None]


@dataclass(frozen=True, slots=True)
class Served:
    """The caller talked to `agent`; `over` says that the call ended with the talk."""

    agent: str
    over: bool


@dataclass(frozen=True, slots=True)
class NotServed:
    """No agent: closed, or nobody who could serve is logged in. `target` is where to go instead."""

    why: str
    target: str | None = None


class House(Protocol):
    """What stands around a running flow. `ivr/call.py` is the real one."""

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the call's record."""

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """Record a failure that the caller must not feel, and tell the operator."""

    def now(self) -> datetime:
        """The time, aware."""

    def staffed(self, skill: str) -> bool:
        """Whether an agent with the skill is logged in."""

    async def serve(self, line: Line, request: ServeRequest) -> Served | NotServed:
        """Wait for an agent and let the caller talk. Raises `CallerHungUp` and `LineError`."""
