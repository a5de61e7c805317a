"""branch: go one way or another by what is known."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Expr, Model, Target
from ivr.flow.step import Exit, Step, Used


class Arm(Model):
    """One condition and where it leads."""

    when: Expr
    to: Target


class Branch(Step):
    """Follows the first condition that holds. One that reads something unknown does not hold.

    check: {branch: [{when: 'caller.tier == "gold"', to: gold_desk}], otherwise: main_menu}
    """

    kind: ClassVar[str] = "branch"

    branch: tuple[Arm, ...] = Field(min_length=1)
    otherwise: Target

    async def run(self, talk: Conversation) -> str:
        for arm in self.branch:
            if talk.holds(arm.when):
                talk.note("branch", when=arm.when.text, to=arm.to)
                return arm.to
        talk.note("branch", when=None, to=self.otherwise)
        return self.otherwise

    def exits(self) -> Iterator[Exit]:
        for index, arm in enumerate(self.branch):
            yield Exit(("branch", index, "to"), arm.to, when=arm.when)
        yield Exit(("otherwise",), self.otherwise)

    def expressions(self) -> Iterator[Used]:
        for index, arm in enumerate(self.branch):
            yield Used(("branch", index, "when"), arm.when)
