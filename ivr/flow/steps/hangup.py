"""hangup: say goodbye and end the call."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Names
from ivr.flow.step import Exit, Mention, Step, mentions


class Hangup(Step):
    """Says a last prompt, if one is named, and ends the call.

    bye: {hangup: goodbye}
    """

    kind: ClassVar[str] = "hangup"
    ends: ClassVar[bool] = True

    hangup: Names | None

    async def run(self, talk: Conversation) -> None:
        if self.hangup:
            await talk.say(*self.hangup)
        await talk.hang_up()

    def exits(self) -> Iterator[Exit]:
        return iter(())

    def prompts(self) -> Iterator[Mention]:
        yield from mentions("hangup", self.hangup or ())
