"""set: remember something for later steps."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from ivr.flow.conversation import Conversation
from ivr.flow.expression import Expression
from ivr.flow.fields import Expressions, Target, wrong
from ivr.flow.step import Exit, Mention, Step, Used


def _something(value: dict[str, Expression]) -> dict[str, Expression]:
    if not value:
        raise wrong("""variables with expressions, such as {topic: '"balance"'},""", None)
    return value


class Set(Step):
    """Gives variables the values of expressions. Text needs its own quotes.

    topic_balance: {set: {intent: '"balance"'}, next: human}
    """

    kind: ClassVar[str] = "set"

    set: Annotated[Expressions, AfterValidator(_something)]
    next: Target

    async def run(self, talk: Conversation) -> str:
        for name, expression in self.set.items():
            talk.assign(name, expression)
        return self.next

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next)

    def expressions(self) -> Iterator[Used]:
        for name, expression in self.set.items():
            yield Used(("set", name), expression)

    def writes(self) -> Iterator[Mention]:
        for name in self.set:
            yield Mention(("set", name), name)
