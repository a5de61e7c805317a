"""What a step is: a piece of a flow with fields, exits, and something it does with the call.

A step is a flat mapping in YAML; the field named like its kind tells which step it is:

    main_menu: {menu: what_can_we_do, choices: {1: lost_card}, otherwise: human}

Each kind is one file in `ivr/flow/steps/` and one line in its registry.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from ivr.flow.expression import Expression
from ivr.flow.fields import Model

if TYPE_CHECKING:
    from ivr.flow.conversation import Conversation
    from ivr.flow.source import Loc


class Exit(NamedTuple):
    """A way out of a step: the field that names it, and the step, flow or flow.step it leads to."""

    loc: "Loc"
    target: str


class Mention(NamedTuple):
    """Something a step refers to by name: the field it stands in, and the name."""

    loc: "Loc"
    name: str


class Used(NamedTuple):
    """An expression a step evaluates, and the field it stands in."""

    loc: "Loc"
    expression: Expression


class Step(Model):
    """The base of all kinds of step."""

    kind: ClassVar[str]

    @abstractmethod
    async def run(self, talk: "Conversation") -> str | None:
        """Do it. Returns the exit's target, or None when the call needs nothing more."""

    @abstractmethod
    def exits(self) -> Iterator[Exit]:
        """Every way out, in the order of the fields."""

    def prompts(self) -> Iterator[Mention]:
        """The prompts it can say."""
        return iter(())

    def queues(self) -> Iterator[Mention]:
        """The queues it can send a call to."""
        return iter(())

    def expressions(self) -> Iterator[Used]:
        """The expressions it evaluates."""
        return iter(())

    def writes(self) -> Iterator[Mention]:
        """The variables it gives a value to."""
        return iter(())

    def secrets(self) -> Iterator[Mention]:
        """The variables it gives a value to that nothing may reveal."""
        return iter(())


def mentions(field: str, names: tuple[str, ...]) -> Iterator[Mention]:
    """One mention for each name of a field that holds one name or a list of them."""
    for index, name in enumerate(names):
        yield Mention((field, index), name)
