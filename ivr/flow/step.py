"""What a step is: a piece of a flow with fields, exits, and something it does with the call.

A step is a flat mapping in YAML; the field named like its kind tells which step it is:

    main_menu: {menu: what_can_we_do, choices: {1: lost_card}, otherwise: human}

Each kind is one file in `ivr/flow/steps/` and one line in its registry.

Besides doing its work (`run`), a step says what it is made of: its exits and how each is taken, what
it says, reads, writes and mentions, whether the caller talks to a human in it, whether 0 works in it
and how long a caller who does nothing spends in it. All checks, the proof and the picture of a flow
are derived from these answers. The defaults suit a step that says something and goes on; a step that
takes entries, reaches a human or mentions a section of center.yaml answers for itself.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from ivr.flow.expression import Expression
from ivr.flow.fields import Model

if TYPE_CHECKING:
    from ivr.flow.conversation import Conversation
    from ivr.flow.needs import NeedSpec
    from ivr.flow.source import Loc


SLOW_PATIENCE = 1.5
"""What all patience is multiplied by for callers who hear everything slowly."""

Way = Literal[
    "onward", "input", "gave_up", "served", "open", "closed", "unstaffed", "returned", "unheard"
]
"""How a call comes to leave a step by an exit.

onward     nothing the caller does decides it: the flow goes on, a condition holds, a lookup fails
input      the caller has keyed or said what was asked for; one entry is one input
gave_up    silence or wrong keys have used up the attempts
served     a human has talked to the caller
open       the hours the step asks for are open
closed     they are not, or those of the queue are not
unstaffed  nobody who could serve is logged in
returned   the sub-dialog entered by the step's other exits has returned
unheard    the language of the call cannot be recognized, so that nothing is asked
"""


class Exit(NamedTuple):
    """A way out of a step: the field that names it, and the step, flow or flow.step it leads to.

    `when` is the condition on which it is taken: the first exit whose condition holds is, or one
    without. `sets` says whether the variables the step writes have their values on this way out.
    `most` is how often it can be taken in a row, where the step counts that. `says` is the intent,
    or the word yes or no, by which it is chosen in words.
    """

    loc: "Loc"
    target: str
    way: Way = "onward"
    key: str = ""  # what is keyed to choose it, where keys choose between exits
    when: Expression | None = None
    sets: bool = True
    most: int | None = None
    says: str = ""


class Mention(NamedTuple):
    """Something a step refers to by name: the field it stands in, and the name."""

    loc: "Loc"
    name: str


class Entry(NamedTuple):
    """An entry of center.yaml a step refers to: the field, the section, and the name in it."""

    loc: "Loc"
    section: str  # a field of `Center` that maps names to something, such as "hours"
    name: str


class Pace(NamedTuple):
    """How fast a call goes: the seconds a prompt takes, what all patience is multiplied by, and the
    most seconds a lookup of center.yaml takes."""

    said: Callable[[str], float]
    patience: float = 1.0
    looked_up: Callable[[str], float] = lambda _: 0.0


class Used(NamedTuple):
    """An expression a step evaluates, and the field it stands in."""

    loc: "Loc"
    expression: Expression


class Step(Model):
    """The base of all kinds of step."""

    kind: ClassVar[str]
    reaches_human: ClassVar[bool] = False  # the caller talks to one here, unless an exit is taken
    ends: ClassVar[bool] = False  # without an exit the call ends here, and is meant to
    is_menu: ClassVar[bool] = False  # the command to go back leads here
    returns: ClassVar[bool] = False  # it goes back to where the sub-dialog its flow is was entered

    @abstractmethod
    async def run(self, talk: "Conversation") -> str | None:
        """Do it. Returns the exit's target, or None when the call needs nothing more."""

    @abstractmethod
    def exits(self) -> Iterator[Exit]:
        """Every way out, in the order of the fields."""

    def prompts(self) -> Iterator[Mention]:
        """The prompts it can say."""
        return iter(())

    def written(self) -> Iterator[Mention]:
        """The prompts it sends as text and does not say."""
        return iter(())

    def queues(self) -> Iterator[Mention]:
        """The queues it can send a call to."""
        return iter(())

    def entries(self) -> Iterator[Entry]:
        """What else of center.yaml it refers to: hours, numbers, skills."""
        return iter(())

    def asks_of_agents(self) -> "NeedSpec | None":
        """What it asks of an agent on top of what its queue does."""
        return None

    def expressions(self) -> Iterator[Used]:
        """The expressions it evaluates."""
        return iter(())

    def writes(self) -> Iterator[Mention]:
        """The variables it gives a value to."""
        return iter(())

    def set_before(self, loc: "Loc") -> frozenset[str]:
        """The variables it has itself given a value when it comes to the prompt at `loc`."""
        return frozenset()

    def takes(self) -> Iterator[Mention]:
        """The kinds of things it wants to be named: those of ivr/flow/slots.py, and lists."""
        return iter(())

    def given(self) -> Iterator[Mention]:
        """The variables with which the sub-dialog it enters begins; nothing else is known there."""
        return iter(())

    def secrets(self) -> Iterator[Mention]:
        """The variables it gives a value to that nothing may reveal."""
        return iter(())

    def hears_zero(self) -> bool:
        """Whether 0 brings the caller from here to a human: wherever a prompt can be cut short."""
        return any(True for _ in self.prompts())

    def cut_short(self) -> bool:
        """Whether a caller who answers early can cut its prompts short, and not by 0 alone."""
        return self.hears_zero()

    def asks(self) -> bool:
        """Whether its prompts are questions, which 0 always cuts short, and said one at a time."""
        return any(exit_.way == "input" for exit_ in self.exits())

    def longest(self, pace: Pace) -> float:
        """The most seconds here of a caller who does nothing, or keys only what is wrong.

        Time in which keys are coming in is not counted: that is the caller's own pace.
        """
        return sum(pace.said(mention.name) for mention in self.prompts())


def attempts(
    pace: Pace, prompts: Sequence[str], patience: float, pauses: int = 0, between: float = 0.0
) -> float:
    """The seconds of attempts that all fail: each says its prompt and waits `patience`.

    `pauses` of them end with an entry cut short, for whose next key `between` seconds are waited.
    """
    waits = len(prompts) * patience + pauses * between
    return sum(map(pace.said, prompts)) + waits * pace.patience


def mentions(field: str, names: tuple[str, ...]) -> Iterator[Mention]:
    """One mention for each name of a field that holds one name or a list of them."""
    for index, name in enumerate(names):
        yield Mention((field, index), name)
