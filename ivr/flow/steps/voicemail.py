"""voicemail: let the caller leave a message."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.box import Kept, TooShort
from ivr.flow.conversation import Conversation
from ivr.flow.dictation import Dictation
from ivr.flow.fields import Name, Target
from ivr.flow.step import Entry, Exit


class Voicemail(Dictation):
    """Says a prompt and takes down what is said after the tone, until `#`, until `silence` has
    lasted so long, or `most` is over. Who hangs up has left their message too. `queue` says whom it
    is for; `notify` is the topic of the ticket that tells them. `careline messages` plays it.

    Who says nothing, or less than `at_least`, is asked again with the prompts of `no_input`, and
    goes to `nothing_said` when they are used up. With `review` the caller keeps it with 1 or says
    it anew with 2; with `play_back` they hear it before that. `otherwise` is for a message that
    cannot be kept: the disk is full.

        message:
          voicemail: leave_a_message
          queue: general
          notify: night_message
          review: keep_or_again
          next: thanks
          nothing_said: goodbye
          otherwise: human
    """

    kind: ClassVar[str] = "voicemail"

    voicemail: Name
    queue: Name | None = None
    notify: Name | None = None
    next: Target
    nothing_said: Target
    otherwise: Target

    @property
    def prompt(self) -> str:
        """What asks for it."""
        return self.voicemail

    async def run(self, talk: Conversation) -> str:
        result = await self.take_down(talk, "message", self.queue, self.notify)
        if isinstance(result, Kept):
            return self.next
        return self.nothing_said if isinstance(result, TooShort) else self.otherwise

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next, "input")
        yield Exit(("nothing_said",), self.nothing_said, "gave_up")
        yield Exit(("otherwise",), self.otherwise)

    def entries(self) -> Iterator[Entry]:
        if self.queue is not None:
            yield Entry(("queue",), "queues", self.queue)
