"""share: send some callers one way and some another, to compare."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Model, Percent, Target
from ivr.flow.step import Exit, Step


class Part(Model):
    """A share of the callers, and where it goes."""

    share: Percent
    to: Target


def _whole(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    total = sum(part.share for part in parts)
    if total != 100:
        message = f"the shares add up to {total}%; together they must be 100%"
        raise PydanticCustomError("field", "{message}", {"message": message, "at": ()})
    return parts


class Share(Step):
    """Divides the callers by shares of 100%. A caller goes the same way at every call, and the
    record says which. A hidden number has its lot drawn anew at every call.

        trial: {share: [{share: 70%, to: old_menu}, {share: 30%, to: new_menu}]}
    """

    kind: ClassVar[str] = "share"

    share: Annotated[tuple[Part, ...], Field(min_length=2), AfterValidator(_whole)]

    async def run(self, talk: Conversation) -> str:
        lot, chosen = talk.lot() * 100, self.share[-1]
        for part in self.share:
            lot -= part.share
            if lot < 0:
                chosen = part
                break
        talk.note("share", to=chosen.to, share=chosen.share)
        return chosen.to

    def exits(self) -> Iterator[Exit]:
        for index, part in enumerate(self.share):
            yield Exit(("share", index, "to"), part.to)
