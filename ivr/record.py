"""What is kept of a call: its summary, every event with its time, and what was said for later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ivr.errors import BadInput
from routing.skills import Need

# A value JSON can hold. Not written out recursively: every reader checks what it takes anyway.
JsonValue = object


@dataclass(frozen=True, slots=True)
class CallEvent:
    """Something that happened in a call.

    `seq` counts from 0 in each call; `at` is aware and in UTC; `kind` is one word ("heard"); `data`
    holds JSON values and never a secret. Raises BadInput when `at` has no time zone.
    """

    call_id: str
    seq: int
    at: datetime
    kind: str
    data: Mapping[str, JsonValue]

    def __post_init__(self) -> None:
        _require_zone(self.at, "at")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Where a call is in its flow at a moment (aware): enough to go on from there, and no secret.

    `state` holds JSON values; see `ivr.flow.bookmark`.
    """

    call_id: str
    at: datetime
    state: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummary:
    """A call in one line: who, when, what came of it.

    `number` is E.164 or None, `masked` what a list may show of it. Times are aware and in UTC,
    `waited_s` (from asking for a human to being joined or giving up) and `talked_s` are seconds.
    `ended` is None while the call lasts. `outcome` is the engine's word ("answered", "abandoned",
    "completed", "failed", ...), `hung_up_by` is "caller", "agent" or "hotline", and `reason` is the
    sentence of the decision that sent the call where it went. `version` is that of the flows which
    served it.
    """

    call_id: str
    started: datetime
    number: str | None = None
    masked: str = ""
    name: str = ""
    age: int | None = None
    language: str = ""
    ended: datetime | None = None
    outcome: str = ""
    agent: str | None = None
    queue: str | None = None
    waited_s: float | None = None
    talked_s: float | None = None
    hung_up_by: str | None = None
    reason: str = ""
    version: int | None = None

    def __post_init__(self) -> None:
        _require_zone(self.started, "started")
        if self.ended is not None:
            _require_zone(self.ended, "ended")


@dataclass(frozen=True, slots=True)
class CallRecord:
    """The whole story of a call: its summary and its events in order."""

    summary: CallSummary
    events: tuple[CallEvent, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """What a caller said to be heard later: a "message" left, or a "recording" made for its flow.

    `file` is the name of a WAV file in var/messages, `seconds` its length, `sha256` its hash in hex;
    `queue` is whom it is for. `id` is given by the store. `heard_by` listened to it first, `done_by`
    did what it asks for. Forgotten, or when its time is over, it has no number and no file any more.
    """

    call_id: str
    kind: Literal["message", "recording"]
    number: str | None
    language: str
    queue: str | None
    at: datetime
    seconds: float
    file: str
    sha256: str
    heard_by: str | None = None
    heard_at: datetime | None = None
    done_by: str | None = None
    done_at: datetime | None = None
    id: int | None = None


BACK = "-back-"
"""What the id of a call back has, between that of the call in which it was asked for and the time."""

CallbackState = Literal["waiting", "served", "given_up", "taken_over", "cancelled", "forgotten"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A caller who hung up in `queue`, or before it, and is to be rung back at `number` (E.164).

    Their place is kept by `since`, when the wait began, less `head_start` seconds; `stages` are the
    needs from so many seconds of it on. `shows` is the number they had called, and will see.
    `tried` counts how often they were rung in vain, who is not rung again before `not_before`.
    `recorded` says whether the talk may be. `id` is given by the store.
    """

    call_id: str
    number: str | None
    language: str
    age: int | None
    queue: str
    stages: tuple[tuple[float, Need], ...]
    head_start: float
    since: datetime
    asked: datetime
    shows: str
    recorded: bool = True
    tried: int = 0
    not_before: datetime | None = None
    state: CallbackState = "waiting"
    ended: datetime | None = None
    id: int = 0


def _require_zone(moment: datetime, field: str) -> None:
    if moment.tzinfo is None:
        raise BadInput(
            f"A call's time {field!r} is {moment.isoformat()}, without a time zone; expected UTC."
        )
