"""tries: go round again, but not for ever."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Target, read_count
from ivr.flow.step import Exit, Step


class Tries(Step):
    """Lets a call come through at most so many times; from then on it goes to `otherwise`.

    It counts for the whole call, or for one round of a sub-dialog. Put it on the way back to a
    question, not before it: then only what failed is counted.

        once_more: {tries: 2, next: ask_card, otherwise: human}
    """

    kind: ClassVar[str] = "tries"

    tries: Annotated[int, BeforeValidator(lambda value: read_count(value, 1, 20))]
    next: Target
    otherwise: Target

    async def run(self, talk: Conversation) -> str:
        count = talk.memory.count(talk.place)
        talk.note("tries", count=count, most=self.tries)
        return self.next if count <= self.tries else self.otherwise

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next, most=self.tries)
        yield Exit(("otherwise",), self.otherwise)
