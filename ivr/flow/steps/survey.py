"""survey: ask how it was, to be answered with one key or its number in words."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ivr.flow.conversation import Conversation
from ivr.flow.fields import ANYTHING, Interrupts, Name, Seconds, Target, wrong
from ivr.flow.sayable import Said
from ivr.flow.step import Exit, Mention, Pace, Step, attempts
from ivr.flow.steps.ask import DICTATED
from ivr.line.commands import Keyed
from speech.slots import Digits


def _keys(value: Any) -> str:
    least, _, most = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not (least.isdecimal() and most.isdecimal() and 1 <= int(least) < int(most) <= 9):
        raise wrong("keys such as 1-5, from 1 to 9 at most,", value)
    return "".join(map(str, range(int(least), int(most) + 1)))


class Survey(Step):
    """Asks for a score, once: whoever does not answer has said enough and goes to `otherwise`.

    A queue's or transfer's `next` leads here, so that the question comes after the talk. The score
    is kept in the record, also when the caller is forgotten, and in a variable.

    `interrupt` tells what cuts a question short: a key or the voice (`yes`), only a `key`, only the
    `voice`, or, with `no`, nothing but 0. What is keyed or said too early then does not count.

        how_was_it: {survey: rate_us, into: score, keys: 1-5, next: thanks, otherwise: goodbye}
    """

    kind: ClassVar[str] = "survey"

    survey: Name
    into: Name
    keys: Annotated[str, BeforeValidator(_keys)]
    interrupt: Interrupts = ANYTHING
    patience: Seconds = 8.0
    next: Target
    otherwise: Target

    async def run(self, talk: Conversation) -> str:
        outcome = await talk.listen(
            self.survey,
            most=1,
            patience=self.patience,
            own=self.keys,
            says=DICTATED,
            interrupt=self.interrupt,
        )
        score = ""
        if isinstance(outcome, Keyed):
            score = outcome.keys
        elif isinstance(outcome, Said):
            score = str(talk.found(outcome, {"score": Digits(1, 1)}).get("score", ""))
        if not score or score not in self.keys:
            return self.otherwise
        talk.variables[self.into] = int(score)
        talk.note("survey", question=self.survey, score=int(score))
        return self.next

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next, "input")
        yield Exit(("otherwise",), self.otherwise, "gave_up", sets=False)

    def prompts(self) -> Iterator[Mention]:
        yield Mention(("survey",), self.survey)

    def writes(self) -> Iterator[Mention]:
        yield Mention(("into",), self.into)

    def cut_short(self) -> bool:
        return any(self.interrupt)

    def longest(self, pace: Pace) -> float:
        return attempts(pace, (self.survey,), self.patience)
