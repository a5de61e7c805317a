"""record: take down what the caller says, for somebody to hear."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.box import Kept
from ivr.flow.conversation import Conversation
from ivr.flow.dictation import Dictation
from ivr.flow.fields import Name, Target
from ivr.flow.step import Exit, Mention


class Record(Dictation):
    """Says a prompt and takes down what is said after the tone, until `#`, until `silence` has
    lasted so long, or `most` is over. `into` is the variable that keeps the recording's name, for a
    ticket, say; `careline messages` plays it.

    Who says nothing, or less than `at_least`, is asked again with the prompts of `no_input`, and
    goes to `nothing_said` when they are used up; so does everybody while there is no room to keep
    it. With `review` the caller may say it anew with 2; with `play_back` they hear it before that.

        reason: {record: say_your_reason, into: reason, next: agent, nothing_said: agent}
    """

    kind: ClassVar[str] = "record"

    record: Name
    into: Name
    next: Target
    nothing_said: Target

    @property
    def prompt(self) -> str:
        """What asks for it."""
        return self.record

    async def run(self, talk: Conversation) -> str:
        result = await self.take_down(talk, "recording")
        if not isinstance(result, Kept):
            return self.nothing_said
        talk.variables[self.into] = result.name
        return self.next

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next, "input")
        yield Exit(("nothing_said",), self.nothing_said, "gave_up", sets=False)

    def writes(self) -> Iterator[Mention]:
        yield Mention(("into",), self.into)
