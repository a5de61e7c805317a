"""sms: send the caller a text message."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Name, Target
from ivr.flow.step import Exit, Mention, Step


class Sms(Step):
    """Sends a prompt's text to the number the call comes from, and to no other. `failed` is for
    hidden numbers, for a gateway that is down, and for more than three messages in a call.

        send_hours: {sms: sms_branch_hours, next: sent, failed: not_sent}
    """

    kind: ClassVar[str] = "sms"

    sms: Name
    next: Target
    failed: Target

    async def run(self, talk: Conversation) -> str:
        return self.next if await talk.send_text(self.sms) else self.failed

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next)
        yield Exit(("failed",), self.failed)

    def written(self) -> Iterator[Mention]:
        yield Mention(("sms",), self.sms)
