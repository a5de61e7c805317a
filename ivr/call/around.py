"""What does a call find around it: where its record goes, who lets callers in, who is rung back?"""

from pathlib import Path
from typing import Protocol

from ivr.errors import LineError
from ivr.line.commands import Command, Outcome
from ivr.record import Callback, CallEvent, CallSummary
from ivr.store.closures import Closure


class Keeper(Protocol):
    """Where a record goes: `ivr.journal.Journal`, or a list in a simulation."""

    def add(self, entry: CallEvent | CallSummary) -> None:
        """Keep an event, or the summary as it stands now. Returns at once."""


class Tape(Protocol):
    """Where talks are recorded: `ivr.keeping.Keeping`."""

    def file(self, call_id: str, *, ivr: bool = False) -> Path | None:
        """Where the next talk of a call, or what is said in its flow, is to be recorded; None:
        nowhere."""

    def refuse(self, call_id: str, *, refused: bool) -> None:
        """The caller does not want to be recorded, or wants it after all."""


class Ledger(Protocol):
    """Who is to be called back: `ivr.callbacks.Callbacks`."""

    async def keep(self, callback: Callback) -> bool:
        """Have somebody called back, once their call is over; False where that cannot be kept."""

    def hung_up(self, call_id: str) -> None:
        """A call is over, whether or not somebody asked in it to be called back."""

    async def take_over(self, number: str, queue: str) -> float | None:
        """The seconds a caller of that number is ahead whose callback this is instead of; None
        where there is none."""


class NoLedger:
    """A `Ledger` in which nothing can be kept."""

    async def keep(self, callback: Callback) -> bool:
        """See `Ledger`."""
        return False

    def hung_up(self, call_id: str) -> None:
        """See `Ledger`."""

    async def take_over(self, number: str, queue: str) -> float | None:
        """See `Ledger`."""
        return None


class NoTape:
    """A `Tape` on which nothing is recorded."""

    def file(self, call_id: str, *, ivr: bool = False) -> Path | None:
        """See `Tape`."""
        return None

    def refuse(self, call_id: str, *, refused: bool) -> None:
        """See `Tape`."""


class Door(Protocol):
    """Whether callers are let in: `ivr.door.Door`."""

    @property
    def closed(self) -> Closure | None:
        """The closure in force; None while the hotline is open."""

    async def until_shut(self) -> None:
        """Wait until the hotline is closed."""


class NoLine:
    """The `Line` of a call that is interrupted."""

    async def perform(self, command: Command) -> Outcome:
        """See `Line`. Raises LineError."""
        raise LineError("The call is interrupted; it has no line.")
