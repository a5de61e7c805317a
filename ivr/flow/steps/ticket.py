"""ticket: leave work for somebody after the call."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Expressions, Name, Target
from ivr.flow.step import Exit, Step, Used


class Ticket(Step):
    """Opens a ticket on a topic, with fields, for whoever center.yaml names under `tickets:`. The
    ticket is in the call's record in any case; `failed` says that nobody else took it.

        complaint: {ticket: complaint, with: {card: card}, next: noted, failed: human}
    """

    kind: ClassVar[str] = "ticket"

    ticket: Name
    with_: Expressions = Field({}, alias="with")
    next: Target
    failed: Target

    async def run(self, talk: Conversation) -> str:
        return self.next if await talk.open_ticket(self.ticket, self.with_) else self.failed

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next)
        yield Exit(("failed",), self.failed)

    def expressions(self) -> Iterator[Used]:
        for name, expression in self.with_.items():
            yield Used(("with", name), expression)
