"""What did a look at one recording find? How it went, what was said, and which rules it broke."""

from dataclasses import dataclass
from datetime import datetime

from recordings.checks import Finding
from recordings.measure import Measures
from recordings.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Review:
    """A recording looked at; `at` (aware) is when.

    `transcript` is None where nothing could be taken down, and `note` says why. `caller_rate` and
    `agent_rate` are words a minute, None for a side of which no words are known.
    """

    recording: str
    at: datetime
    measures: Measures
    findings: tuple[Finding, ...] = ()
    transcript: Transcript | None = None
    note: str = ""
    caller_rate: float | None = None
    agent_rate: float | None = None
