"""goto: go on in another flow."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Target
from ivr.flow.step import Exit, Step


class Goto(Step):
    """Goes on at a step, at the start of a flow, or at flow.step.

    lost: {goto: card.lost}
    """

    kind: ClassVar[str] = "goto"

    goto: Target

    async def run(self, talk: Conversation) -> str:
        return self.goto

    def exits(self) -> Iterator[Exit]:
        yield Exit(("goto",), self.goto)
