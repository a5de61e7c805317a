"""callback: offer to ring the caller back, in their turn."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow import callback
from ivr.flow.conversation import Conversation
from ivr.flow.fields import Name, Seconds, Target
from ivr.flow.needs import Need, NeedSpec
from ivr.flow.step import Entry, Exit, Mention, Pace, Step, Used, attempts


class Callback(Step):
    """Offers to ring the caller back when an agent of the queue is free, as if they had waited in
    it from now on: key 1, or yes. The number that called is said and can be changed; only ordinary
    numbers of the hotline's country are rung. Whoever would rather not goes to `otherwise`, as does
    a caller whose callback cannot be kept.

    `need` and `priority` add to what the queue asks for. How often and when they are rung is the
    queue's `callback` in center.yaml, which also offers it to those who wait.

        ring_me: {callback: general, next: goodbye, otherwise: message}
    """

    kind: ClassVar[str] = "callback"

    callback: Name
    need: Need | None = None
    priority: Seconds = 0.0
    next: Target
    otherwise: Target

    async def run(self, talk: Conversation) -> str:
        kept = await talk.call_back(self.callback, self.need, self.priority)
        return self.next if kept else self.otherwise

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next, "input", "1", says="yes")
        yield Exit(("otherwise",), self.otherwise, "gave_up")

    def prompts(self) -> Iterator[Mention]:
        for name in callback.OFFERED:
            yield Mention(("callback",), name)

    def entries(self) -> Iterator[Entry]:
        yield Entry(("callback",), "queues", self.callback)
        for loc, skill in self.need.mentions() if self.need is not None else ():
            yield Entry(("need", *loc), "skills", skill)

    def asks_of_agents(self) -> NeedSpec | None:
        return self.need

    def expressions(self) -> Iterator[Used]:
        for loc, expression in self.need.expressions() if self.need is not None else ():
            yield Used(("need", *loc), expression)

    def longest(self, pace: Pace) -> float:
        return attempts(pace, (callback.OFFER,), callback.PATIENCE)
