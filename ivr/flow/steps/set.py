"""set: remember something for later steps."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ivr.flow.conversation import Conversation
from ivr.flow.expression import Expression
from ivr.flow.fields import NAME, Target, read_expression, wrong
from ivr.flow.step import Exit, Mention, Step, Used


def _assignments(value: Any) -> dict[str, Expression]:
    if not isinstance(value, dict) or not value:
        raise wrong("""variables with expressions, such as {topic: '"balance"'},""", value)
    for name in value:
        if not NAME.fullmatch(name):
            raise wrong("a variable's name in small letters, digits and _", name, (name,))
    return {name: read_expression(text) for name, text in value.items()}


class Set(Step):
    """Gives variables the values of expressions. Text needs its own quotes.

    topic_balance: {set: {intent: '"balance"'}, next: human}
    """

    kind: ClassVar[str] = "set"

    set: Annotated[dict[str, Expression], BeforeValidator(_assignments)]
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
