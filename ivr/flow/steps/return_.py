"""return: end a sub-dialog and hand back what came of it."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Expressions
from ivr.flow.step import Exit, Step, Used


def _perhaps_nothing(value: Any) -> Any:
    return {} if value is None else value


class Return(Step):
    """Goes back to the `do:` that began this sub-dialog, with values by the names it may ask for.

    found: {return: {number: card, tries: count}}
    """

    kind: ClassVar[str] = "return"
    returns: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    return_: Annotated[
        Expressions, BeforeValidator(lambda value: {} if value is None else value)
    ] = Field(alias="return")

    async def run(self, talk: Conversation) -> str:
        return talk.come_back(self.return_)

    def exits(self) -> Iterator[Exit]:
        return iter(())

    def expressions(self) -> Iterator[Used]:
        for name, expression in self.return_.items():
            yield Used(("return", name), expression)
