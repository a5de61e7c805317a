"""What stands around a customer who was rung back, and is asked for a secret in the talk?

No flow serves such a talk, so there is neither a queue nor a box here: only what is needed to ask,
to look up what was keyed, and to tell.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.desk import Desk
from ivr.flow.box import Dictated, Kept, TooShort
from ivr.flow.hearing import Deaf
from ivr.flow.outside import Failed, Found, Locked, Missing, Outside, Sent, TextMessage, Ticket
from ivr.flow.serving import BackRequest, NotServed, ServeRequest
from ivr.line.line import Line

Note = Callable[..., None]


class Aside(Deaf):
    """The `ivr.flow.serving.House` of one talk, whose call's id this is: a secret is keyed, not said.

    `note` writes into its record, `trouble` tells the operator too.
    """

    dialled = ""

    def __init__(
        self,
        call_id: str,
        outside: Outside,
        desk: Desk,
        note: Note,
        trouble: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self.call_id = call_id
        self._outside = outside
        self._desk = desk
        self._note = note
        self._trouble = trouble
        self._now = now

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the record."""
        self._note(kind, **data)

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """Record a failure and tell the operator."""
        self._trouble(what)

    def now(self) -> datetime:
        """The time."""
        return self._now()

    def staffed(self, skill: str) -> bool:
        """Whether an agent with the skill is logged in."""
        return self._desk.staffed(skill)

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed | Locked:
        """Ask one of the bank's systems."""
        return await self._outside.look_up(name, arguments, secret)

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        """Hand an SMS to the gateway."""
        return await self._outside.send_text(message)

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        """Hand a ticket to the gateway."""
        return await self._outside.open_ticket(ticket)

    def consent(self, *, recording: bool) -> None:
        """Whether the talk may be recorded was asked before."""

    def ivr_file(self) -> Path | None:
        """The talk has its own recording."""
        return None

    def message_file(self) -> Path | None:
        """Nothing is left here."""
        return None

    async def keep_message(self, dictated: Dictated) -> Kept | TooShort | Failed:
        """Nothing is left here."""
        return Failed("no message can be left in a talk")

    async def serve(self, line: Line, request: ServeRequest) -> NotServed:
        """There is an agent already."""
        return NotServed("unstaffed")

    async def call_back(self, request: BackRequest) -> bool:
        """They have just been."""
        return False
