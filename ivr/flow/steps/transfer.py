"""transfer: put the call through to one of the numbers center.yaml allows."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Seconds, Target
from ivr.flow.step import Entry, Exit, Pace, Step


class Transfer(Step):
    """Rings a number named in center.yaml; a caller can never choose one. `failed` is where the
    call goes when nobody answers there.

        out: {transfer: head_office, next: goodbye, failed: human}
    """

    kind: ClassVar[str] = "transfer"
    reaches_human: ClassVar[bool] = True

    transfer: str
    ring: Seconds = 40.0
    next: Target | None = None
    failed: Target

    async def run(self, talk: Conversation) -> str | None:
        reached = await talk.transfer(self.transfer, self.ring, and_then=self.next is not None)
        return self.next if reached else self.failed

    def exits(self) -> Iterator[Exit]:
        if self.next is not None:
            yield Exit(("next",), self.next, "served")
        yield Exit(("failed",), self.failed)

    def entries(self) -> Iterator[Entry]:
        yield Entry(("transfer",), "numbers", self.transfer)

    def longest(self, pace: Pace) -> float:
        return self.ring
