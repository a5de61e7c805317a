"""menu: let the caller choose, with a key or in words."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ivr.flow.again import Again
from ivr.flow.conversation import Conversation
from ivr.flow.fields import (
    ANYTHING,
    Interrupts,
    Model,
    Name,
    Names,
    Seconds,
    Target,
    YesNo,
    check_answer,
    read_target,
    wrong,
)
from ivr.flow.sayable import ANSWERS, Said, Sayable
from ivr.flow.step import Exit, Mention, Pace, Step, attempts, mentions
from ivr.line.commands import HUMAN_KEY, Keyed, Turn

BETWEEN = 3.0
"""Seconds for each further key of a choice of several keys."""


class Choice(Model):
    """A choice that can be made in words, too: by what callers say for an intent, or by yes or no."""

    to: Target
    says: Name


def _choices(value: Any) -> dict[str, str | Choice]:
    if not isinstance(value, dict) or not value:
        raise wrong("keys with the steps they lead to, such as {1: balance},", value)
    for key in value:
        if not key or key.strip("0123456789*#") or key == HUMAN_KEY:
            raise wrong("a key from 1 to 9, * or # (0 always leads to a human)", key, (key,))
    return {key: _choice(key, target) for key, target in value.items()}


def _choice(key: str, value: Any) -> str | Choice:
    if not isinstance(value, dict):
        return read_target(value)
    check_answer(key, value, "says", "an intent", "the name of an intent, or yes or no")
    return Choice(to=value["to"], says=value["says"])


Choices = Annotated[dict[str, str | Choice], BeforeValidator(_choices)]


def choices_of(choices: Mapping[str, str | Choice]) -> Iterator[Exit]:
    """The exits by choices, each with its key and what is said for it."""
    for key, choice in choices.items():
        if isinstance(choice, Choice):
            yield Exit(("choices", key, "to"), choice.to, "input", key, says=choice.says)
        else:
            yield Exit(("choices", key), choice, "input", key)


class Menu(Step):
    """Says a prompt and takes one choice. After silence or a wrong key it asks again with the next
    prompt of `no_input` or `no_match`; when those are used up the call goes to `otherwise`.

    Where a choice `says` an intent, or yes or no, what callers say for that chooses it, too. What is
    like none of them is a wrong key. In a language nobody recognizes the keys alone are taken. With
    `any_language` the words may be said in every language that can be recognized, and the call goes
    on in that one.

    `interrupt` tells what cuts a question short: a key or the voice (`yes`), only a `key`, only the
    `voice`, or, with `no`, nothing but 0. What is keyed or said too early then does not count.

        main_menu:
          menu: what_can_we_do
          choices: {1: {to: card.lost, says: lost_card}, 2: accounts}
          no_input: [please_choose, last_chance]
          no_match: [not_a_choice]
          otherwise: human
    """

    kind: ClassVar[str] = "menu"
    is_menu: ClassVar[bool] = True

    menu: Name
    choices: Choices
    any_language: YesNo = False
    no_input: Names = ()
    no_match: Names = ()
    interrupt: Interrupts = ANYTHING
    patience: Seconds = 6.0
    otherwise: Target

    async def run(self, talk: Conversation) -> str:
        longest = max(map(len, self.choices))
        keyed = {exit_.key: exit_.target for exit_ in self.exits() if exit_.key}
        said = {exit_.says: exit_.target for exit_ in self.exits() if exit_.says}
        says = Sayable(tuple(said), _turn(said), any_language=self.any_language) if said else None
        again = Again(self.no_input, self.no_match)
        prompt: str | None = self.menu
        while prompt is not None:
            outcome = await talk.listen(
                prompt,
                most=longest,
                patience=self.patience,
                between=BETWEEN,
                own="".join(key[0] for key in self.choices),
                says=says,
                interrupt=self.interrupt,
            )
            match outcome:
                case Keyed(keys) if keys in keyed:
                    return keyed[keys]
                case Said(meaning=str(meant)) if meant in said:
                    return said[meant]
                case Keyed(keys):
                    talk.note("no_match", keys=keys)
            prompt = again.after(outcome)
        return self.otherwise

    def exits(self) -> Iterator[Exit]:
        yield from choices_of(self.choices)
        yield Exit(("otherwise",), self.otherwise, "gave_up")

    def prompts(self) -> Iterator[Mention]:
        yield Mention(("menu",), self.menu)
        yield from mentions("no_input", self.no_input)
        yield from mentions("no_match", self.no_match)

    def cut_short(self) -> bool:
        return any(self.interrupt)

    def longest(self, pace: Pace) -> float:
        prompts = (self.menu, *self.no_input, *self.no_match)
        longer = any(len(key) > 1 for key in self.choices)
        return attempts(pace, prompts, self.patience, (len(self.no_match) + 1) * longer, BETWEEN)


def _turn(said: Mapping[str, str]) -> Turn:
    return "yes_no" if said.keys() <= set(ANSWERS) else "closed"
