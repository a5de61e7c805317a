"""What do the bank's other systems say in a trial? What the test states, and nothing leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.flow.outside import Failed, Found, Missing, Sent, TextMessage, Ticket


@dataclass(slots=True)
class Played:
    """An `ivr.flow.outside.Outside` whose lookups find what `answers` holds under their names.

    An answer is a mapping of fields, or "missing", or "fails"; a lookup of which nothing is said
    fails. What is sent is kept in `texts` and `tickets`.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    gateway_works: bool = True
    texts: list[TextMessage] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed:
        """See `Outside`."""
        match self.answers.get(name, "fails"):
            case "missing":
                return Missing()
            case Mapping() as fields:
                return Found(fields)
            case _:
                return Failed(f"the lookup {name} fails in this trial")

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        """See `Outside`."""
        self.texts.append(message)
        return Sent() if self.gateway_works else Failed("the SMS gateway fails in this trial")

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        """See `Outside`."""
        self.tickets.append(ticket)
        return Sent() if self.gateway_works else Failed("the tickets' gateway fails in this trial")
