"""What stands around a flow in a real call: the desk, the bank's systems, a box, an ear?"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivr.call.around import Tape
from ivr.call.place import Place
from ivr.desk import Desk
from ivr.flow.box import Box, Dictated, Kept, TooShort
from ivr.flow.hearing import Hearing
from ivr.flow.outside import Failed, Found, Locked, Missing, Outside, Sent, TextMessage, Ticket
from ivr.flow.serving import BackRequest, CalledBack, NotServed, Served, ServeRequest
from ivr.line.line import Line

if TYPE_CHECKING:
    from speech.intents import Understood


class CallHouse:
    """The `ivr.flow.serving.House` of one call, whose `place` in the queues this is.

    `note` writes into the call's record, `trouble` tells the operator too, `now` is the time.
    """

    def __init__(
        self,
        call_id: str,
        desk: Desk,
        place: Place,
        tape: Tape,
        outside: Outside,
        box: Box,
        hearing: Hearing,
        note: Callable[..., None],
        trouble: Callable[[str, Exception | None], None],
        now: Callable[[], datetime],
    ) -> None:
        self.call_id = call_id
        self._desk = desk
        self._place = place
        self._tape = tape
        self._outside = outside
        self._box = box
        self._hearing = hearing
        self._note = note
        self._trouble = trouble
        self._now = now

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the record."""
        self._note(kind, **data)

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """Record a failure and tell the operator."""
        self._trouble(what, error)

    def now(self) -> datetime:
        """The time."""
        return self._now()

    def staffed(self, skill: str) -> bool:
        """Whether an agent with the skill is logged in."""
        return self._desk.staffed(skill)

    def consent(self, *, recording: bool) -> None:
        """Record the caller's talks from now on, or do not."""
        self._tape.refuse(self.call_id, refused=not recording)
        self._place.recorded = recording

    async def serve(self, line: Line, request: ServeRequest) -> Served | NotServed | CalledBack:
        """Let the desk find an agent."""
        return await self._place.serve(line, request)

    async def call_back(self, request: BackRequest) -> bool:
        """Have the caller rung back who did not wait."""
        return await self._place.call_back(request, 0.0)

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

    @property
    def dialled(self) -> str:
        """The number that the caller rang."""
        return self._place.dialled

    def ivr_file(self) -> Path | None:
        """A file to record what is said in the flow."""
        return self._tape.file(self.call_id, ivr=True)

    def message_file(self) -> Path | None:
        """A file for what the caller will say."""
        return self._box.place(self.call_id)

    async def keep_message(self, dictated: Dictated) -> Kept | TooShort | Failed:
        """Keep what the caller said."""
        return await self._box.keep(self.call_id, dictated)

    def hears(self, language: str) -> bool:
        """Whether there is a recognizer for a language."""
        return self._hearing.hears(language)

    async def understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> "Understood":
        """Which intent is meant."""
        return await self._hearing.understand(text, language, others, among)
