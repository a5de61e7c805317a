"""hours: open or closed?"""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Target
from ivr.flow.step import Entry, Exit, Step


class HoursStep(Step):
    """Goes to `open` or `closed` by the named hours of center.yaml, holidays included.

    human: {hours: office, open: agent, closed: night}
    """

    kind: ClassVar[str] = "hours"

    hours: str
    open: Target
    closed: Target

    async def run(self, talk: Conversation) -> str:
        is_open = talk.is_open(self.hours)
        talk.note("hours", hours=self.hours, open=is_open)
        return self.open if is_open else self.closed

    def exits(self) -> Iterator[Exit]:
        yield Exit(("open",), self.open, "open")
        yield Exit(("closed",), self.closed, "closed")

    def entries(self) -> Iterator[Entry]:
        yield Entry(("hours",), "hours", self.hours)
