"""How long is a recording, or a message, kept?

The longest of the rules that fit counts, or the usual time where none does. What is held for a court
or an inquiry stays until it is released, whatever the rules say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Type = Literal["talk", "ivr", "message"]
"""A talk with an agent, the IVR part of a call, or what a caller left to be heard later."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording as retention sees it; `at` is aware."""

    name: str
    at: datetime
    queue: str
    outcome: str = ""
    held: bool = False
    type: Type = "talk"


@dataclass(frozen=True, slots=True)
class Keep:
    """What is of these queues, types and outcomes (none: all) is kept this long."""

    name: str
    time: timedelta
    queues: tuple[str, ...] = ()
    types: tuple[Type, ...] = ()
    outcomes: tuple[str, ...] = ()

    def fits(self, recording: Kept) -> bool:
        """Whether the rule is for this recording."""
        return (
            (not self.queues or recording.queue in self.queues)
            and (not self.types or recording.type in self.types)
            and (not self.outcomes or recording.outcome in self.outcomes)
        )


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be deleted, and the name of the rule by which its time is over."""

    name: str
    rule: str
    since: datetime
    type: Type = "talk"


def due(
    recordings: Iterable[Kept], rules: Sequence[Keep], usual: timedelta, now: datetime
) -> list[Due]:
    """The recordings whose time is over, the oldest first."""
    over: list[Due] = []
    for recording in recordings:
        fitting = [rule for rule in rules if rule.fits(recording)] or [Keep("usual", usual)]
        rule = max(fitting, key=lambda one: one.time)
        until = recording.at + rule.time
        if not recording.held and until <= now:
            over.append(Due(recording.name, rule.name, until, recording.type))
    return sorted(over, key=lambda one: (one.since, one.name))
