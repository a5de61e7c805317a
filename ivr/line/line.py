"""The seam between Careline and telephony: one method.

Three lines pass the same contract suite (`tests/line/test_contract*.py`): the simulated line, the
recorded line and the Asterisk line.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.line.commands import Command, Outcome


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call that has reached the switch: what is known before anything is said.

    `number` is the caller ID exactly as the carrier sent it (it may be empty, forged or hostile);
    `dialled` is the number the caller rang.
    """

    call_id: str
    number: str
    dialled: str
    at: datetime


class Line(Protocol):
    """One call's telephone line."""

    async def perform(self, command: Command) -> Outcome:
        """Do `command` and return what came of it.

        Commands are performed one after the other, never two at once. Cancelling the awaiting task
        stops what is being done (a prompt, music, ringing) and leaves the line ready for the next
        command. Raises `CallerHungUp` when the caller is gone, `LineError` when the switch fails.
        """
        ...
