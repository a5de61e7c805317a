"""lookup: ask one of the bank's other systems."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field

from ivr.flow.conversation import Conversation
from ivr.flow.expression import Value
from ivr.flow.fields import Expressions, Name, Paths, Target
from ivr.flow.outside import Found, Missing
from ivr.flow.step import Entry, Exit, Mention, Pace, Step, Used

LONGEST_TEXT = 200  # characters of one value; nobody listens to more


class Lookup(Step):
    """Asks a service that center.yaml names under `lookups:`, with arguments, and keeps fields of
    its answer (`account.balance` reads a field within a field). `say` is heard meanwhile.

    `missing` is for an answer that has nothing, or lacks a field; `failed` for a service that is
    down, too slow, or was not given all it needs. A variable asked as a secret is passed on only by
    `secret:`, once, and is forgotten with that.

        balance:
          lookup: balance_service
          with: {card: card}
          secret: pin
          into: {balance: account.balance, currency: account.currency}
          next: tell_balance
          missing: no_such_card
          failed: human
    """

    kind: ClassVar[str] = "lookup"

    lookup: Name
    with_: Expressions = Field({}, alias="with")
    secret: Name | None = None
    into: Paths
    say: Name | None = None
    next: Target
    missing: Target
    failed: Target

    async def run(self, talk: Conversation) -> str:
        result = await talk.look_up(self.lookup, self.with_, self.secret, meanwhile=self.say)
        if isinstance(result, Missing):
            return self.missing
        if not isinstance(result, Found):
            return self.failed
        found = {name: _field(result.fields, path) for name, path in self.into.items()}
        if None in found.values():
            return self.missing
        talk.variables.update(found)
        return self.next

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next)
        yield Exit(("missing",), self.missing, sets=False)
        yield Exit(("failed",), self.failed, sets=False)

    def entries(self) -> Iterator[Entry]:
        yield Entry(("lookup",), "lookups", self.lookup)

    def prompts(self) -> Iterator[Mention]:
        if self.say is not None:
            yield Mention(("say",), self.say)

    def expressions(self) -> Iterator[Used]:
        for name, expression in self.with_.items():
            yield Used(("with", name), expression)

    def writes(self) -> Iterator[Mention]:
        for name in self.into:
            yield Mention(("into", name), name)

    def hears_zero(self) -> bool:
        return True

    def longest(self, pace: Pace) -> float:
        return max(pace.looked_up(self.lookup), super().longest(pace))


def _field(fields: Mapping[str, Any], path: str) -> Value:
    """A text, number or truth value of an answer; None for what is not there or is none of them."""
    value: Any = fields
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    return value if isinstance(value, bool | int | float) else None
