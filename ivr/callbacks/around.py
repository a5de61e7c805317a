"""What does a call with a customer who is rung back find around it?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.callbacks.waiting import House
from ivr.caller import mask
from ivr.desk import Desk
from ivr.line.commands import NotJoined
from ivr.line.line import Line
from ivr.record import Callback, CallEvent, CallSummary


class Switchboard(Protocol):
    """By which agents' phones are rung: `ivr.line.asterisk.outbound.Outbound`."""

    async def ring(
        self, call_id: str, agent: str, seconds: float, *, shown: str, shows: str
    ) -> Line | NotJoined:
        """Ring an agent's phone; its line once it is picked up. Raises LineError."""

    async def has_vanished(self, line: Line) -> bool:
        """Of a line that is over: whether nothing was heard of the agent's phone any more."""


class Keeper(Protocol):
    """Where records go: `ivr.journal.Journal`."""

    def add(self, entry: CallEvent | CallSummary) -> None:
        """Keep an event, or the summary as it stands now. Returns at once."""


@dataclass(frozen=True, slots=True)
class Around:
    """What an attempt needs; `closing` says whether the engine is about to stop."""

    desk: Desk
    switchboard: Switchboard
    journal: Keeper
    house: House
    closing: Callable[[], bool]


def begun(callback: Callback, call_id: str, at: datetime) -> CallSummary:
    """The record of a call with the customer of `callback`, as it begins."""
    return CallSummary(
        call_id=call_id,
        started=at,
        number=callback.number,
        masked=mask(callback.number or ""),
        age=callback.age,
        language=callback.language,
        queue=callback.queue,
    )
