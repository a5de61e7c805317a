"""do: go through a sub-dialog and come back."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Expressions, Target, Variables
from ivr.flow.step import Exit, Mention, Step, Used


class Do(Step):
    """Goes through another flow, or part of one, and comes back to `next` when that has returned.

    The sub-dialog knows only what it is given `with`; `into` says which variable here takes which
    of the values it returns. It is left for good by 0, by going on in another flow, and by the end
    of the call; then nothing is returned.

        who: {do: identify, with: {product: '"card"'}, into: {card: number}, next: balance}
    """

    kind: ClassVar[str] = "do"

    do: Target
    with_: Expressions = Field({}, alias="with")
    into: Variables = Field({})
    next: Target

    async def run(self, talk: Conversation) -> str:
        return talk.begin(self.do, self.with_, self.next, self.into)

    def exits(self) -> Iterator[Exit]:
        yield Exit(("do",), self.do, sets=False)
        yield Exit(("next",), self.next, "returned")

    def given(self) -> Iterator[Mention]:
        """The variables the sub-dialog begins with."""
        for name in self.with_:
            yield Mention(("with", name), name)

    def expressions(self) -> Iterator[Used]:
        for name, expression in self.with_.items():
            yield Used(("with", name), expression)

    def writes(self) -> Iterator[Mention]:
        yield from self.given()
        for name in self.into:
            yield Mention(("into", name), name)
