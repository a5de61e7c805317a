"""queue: wait for an agent and talk to one."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Name, Seconds, Target
from ivr.flow.needs import Need, NeedSpec
from ivr.flow.serving import CalledBack, Served
from ivr.flow.step import Entry, Exit, Mention, Pace, Step, Used


class Queue(Step):
    """Puts the caller through to an agent of a queue, waiting with music and position if need be.

    `need` and `priority` add to what the queue asks for. `say` is heard before the wait. `next` is
    where the caller goes after the talk (without it the call ends there). When the queue is closed
    or nobody who could serve is logged in, the queue's own `closed` or `unstaffed` applies, or
    `unstaffed` here, which also takes a call that finds the queue full or has waited too long.

        agent: {queue: general, say: connecting, next: goodbye, unstaffed: night}
    """

    kind: ClassVar[str] = "queue"
    reaches_human: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    queue: str
    need: Need | None = None
    priority: Seconds = 0.0
    say: Name | None = None
    next: Target | None = None
    unstaffed: Target | None = None

    async def run(self, talk: Conversation) -> str | None:
        result = await talk.serve(
            self.queue, self.need, self.priority, say=self.say, and_then=self.next is not None
        )
        if isinstance(result, Served):
            return self.next
        if isinstance(result, CalledBack):
            return None
        return self.unstaffed or result.target

    def exits(self) -> Iterator[Exit]:
        if self.next is not None:
            yield Exit(("next",), self.next, "served")
        if self.unstaffed is not None:
            yield Exit(("unstaffed",), self.unstaffed, "unstaffed")

    def prompts(self) -> Iterator[Mention]:
        if self.say is not None:
            yield Mention(("say",), self.say)

    def queues(self) -> Iterator[Mention]:
        yield Mention(("queue",), self.queue)

    def asks_of_agents(self) -> NeedSpec | None:
        return self.need

    def expressions(self) -> Iterator[Used]:
        for loc, expression in self.need.expressions() if self.need is not None else ():
            yield Used(("need", *loc), expression)

    def entries(self) -> Iterator[Entry]:
        for loc, skill in self.need.mentions() if self.need is not None else ():
            yield Entry(("need", *loc), "skills", skill)

    def longest(self, pace: Pace) -> float:
        return 0.0  # waiting in the queue is reaching it; how long depends on the agents
