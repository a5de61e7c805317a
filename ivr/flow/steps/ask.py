"""ask: have the caller key a number, or say it digit by digit."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.again import Again
from ivr.flow.conversation import Conversation
from ivr.flow.fields import ANYTHING, Interrupts, Name, Names, Seconds, Target, YesNo
from ivr.flow.fields import Digits as DigitCounts
from ivr.flow.sayable import Said, Sayable
from ivr.flow.step import Exit, Mention, Pace, Step, attempts, mentions
from ivr.line.commands import Keyed
from speech.slots import Digits

DICTATED = Sayable(turn="digits")


class Ask(Step):
    """Says a prompt and collects digits into a variable. `#` ends an entry early. A lone 0 leads to
    a human. The digits may be said as well, one by one. What is keyed into a `secret` is known to no
    log, record, prompt or expression, and can only be keyed.

    `interrupt` tells what cuts a question short: a key or the voice (`yes`), only a `key`, only the
    `voice`, or, with `no`, nothing but 0. What is keyed or said too early then does not count.

        last_four: {ask: ask_last_four, into: card, digits: 4, next: confirm, otherwise: human}
    """

    kind: ClassVar[str] = "ask"

    ask: Name
    into: Name
    digits: DigitCounts
    secret: YesNo = False
    no_input: Names = ()
    no_match: Names = ()
    interrupt: Interrupts = ANYTHING
    patience: Seconds = 8.0
    between: Seconds = 4.0
    next: Target
    otherwise: Target

    async def run(self, talk: Conversation) -> str:
        again = Again(self.no_input, self.no_match)
        prompt: str | None = self.ask
        while prompt is not None:
            outcome = await talk.listen(
                prompt,
                most=self.digits.most,
                patience=self.patience,
                between=self.between,
                own="0123456789",
                secret=self.secret,
                says=None if self.secret else DICTATED,
                interrupt=self.interrupt,
            )
            match outcome:
                case Keyed(keys):
                    entry = keys
                case Said():
                    entry = str(talk.found(outcome, {"it": Digits(*self.digits)}).get("it", ""))
                case _:
                    entry = ""
            if len(entry) >= self.digits.least and entry.isdigit():
                talk.keep(self.into, entry, secret=self.secret)
                return self.next
            if isinstance(outcome, Keyed):
                talk.note("no_match", keys="•" * len(entry) if self.secret else entry)
            prompt = again.after(outcome)
        return self.otherwise

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next, "input")
        yield Exit(("otherwise",), self.otherwise, "gave_up", sets=False)

    def prompts(self) -> Iterator[Mention]:
        yield Mention(("ask",), self.ask)
        yield from mentions("no_input", self.no_input)
        yield from mentions("no_match", self.no_match)

    def writes(self) -> Iterator[Mention]:
        if not self.secret:
            yield Mention(("into",), self.into)

    def secrets(self) -> Iterator[Mention]:
        if self.secret:
            yield Mention(("into",), self.into)

    def cut_short(self) -> bool:
        return any(self.interrupt)

    def longest(self, pace: Pace) -> float:
        prompts = (self.ask, *self.no_input, *self.no_match)
        wrong = len(self.no_match) + 1
        return attempts(pace, prompts, self.patience, wrong, self.between)
