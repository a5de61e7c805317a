"""say: tell the caller something."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Names, Target, YesNo
from ivr.flow.step import Exit, Mention, Step, mentions


class Say(Step):
    """Says one prompt, or several in a row. Any key goes on at once, unless `interrupt: no`.

    A prompt that may itself not be cut short by a key (`interrupt:` in prompts.*.yaml) is said to its
    end whatever is pressed, also after a key has skipped those before it; not even 0 ends it sooner.

    welcome: {say: [welcome, notice], interrupt: no, next: main_menu}
    """

    kind: ClassVar[str] = "say"

    say: Names
    interrupt: YesNo = True
    next: Target

    async def run(self, talk: Conversation) -> str:
        await talk.say(*self.say, interrupt=self.interrupt)
        return self.next

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next)

    def prompts(self) -> Iterator[Mention]:
        yield from mentions("say", self.say)

    def hears_zero(self) -> bool:
        return self.interrupt
