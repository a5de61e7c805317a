"""listen: ask what the caller needs, and understand the answer."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from ivr.flow.again import Again
from ivr.flow.conversation import Conversation
from ivr.flow.fields import (
    ANYTHING,
    NAME,
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
from ivr.flow.steps.menu import BETWEEN, Choices, choices_of
from ivr.line.commands import Keyed

YES_NO = Sayable(ANSWERS, turn="yes_no")
YES_KEY, NO_KEY = "1", "2"


class Answer(Model):
    """Where an intent leads, and the prompt that asks back whether it is meant."""

    to: Target
    confirm: Name


def _intents(value: Any) -> dict[str, str | Answer]:
    if not isinstance(value, dict) or not value:
        raise wrong("intents with the steps they lead to, such as {lost_card: card.lost},", value)
    for name in value:
        if not NAME.fullmatch(name):
            raise wrong("the name of an intent in small letters, digits and _", name, (name,))
    return {name: _wanted(name, given) for name, given in value.items()}


def _wanted(name: str, value: Any) -> str | Answer:
    if not isinstance(value, dict):
        return read_target(value)
    check_answer(name, value, "confirm", "a prompt", "the name of a prompt")
    return Answer(to=value["to"], confirm=value["confirm"])


class Listen(Step):
    """Asks an open question, such as "how can I help?", and leads where the answer asks to go.

    What callers say for each of the `intents` stands in intents.*.yaml. Where it is not sure what was
    meant it asks back with the prompt that the intent has under `confirm`, to be answered by yes or
    no, or by the keys 1 and 2; an intent without one is not asked back, and what might be it is not
    understood. `into` is the variable that takes the intent's name, `choices` are keys that lead
    somewhere without a word.

    After silence or words that were not understood it asks again with the next prompt of `no_input`
    or `no_match`; when those are used up the call goes to `otherwise`. Where the language of the call
    cannot be recognized it goes to `unheard` at once. With `any_language` the caller may answer in
    every language that can be recognized; in others than that of the call by what is like one of the
    examples. What was understood in another one is asked back in that language, however sure it is,
    and with a yes the call goes on in it; otherwise it stays in its own.
    Things that are named in the answer (an amount, a day) are not asked again by a `form` that wants
    them.

    `interrupt` tells what cuts a question short: a key or the voice (`yes`), only a `key`, only the
    `voice`, or, with `no`, nothing but 0. What is keyed or said too early then does not count.

        how_can_i_help:
          listen: how_can_i_help
          intents: {lost_card: {to: card.lost, confirm: lost_your_card}, balance: accounts}
          no_input: [please_say]
          no_match: [say_it_otherwise]
          unheard: main_menu
          otherwise: main_menu
    """

    kind: ClassVar[str] = "listen"
    is_menu: ClassVar[bool] = True

    listen: Name
    intents: Annotated[dict[str, str | Answer], BeforeValidator(_intents)]
    into: Name | None = None
    choices: Choices = Field({})
    any_language: YesNo = False
    no_input: Names = ()
    no_match: Names = ()
    interrupt: Interrupts = ANYTHING
    patience: Seconds = 6.0
    unheard: Target
    otherwise: Target

    async def run(self, talk: Conversation) -> str:
        if not talk.heard_here:
            return self.unheard
        says = Sayable(tuple(self.intents), "open", free=True, any_language=self.any_language)
        keyed = {exit_.key: exit_.target for exit_ in self.exits() if exit_.key}
        again = Again(self.no_input, self.no_match)
        prompt: str | None = self.listen
        while prompt is not None:
            outcome = await talk.listen(
                prompt,
                most=max(map(len, keyed), default=1),
                patience=self.patience,
                between=BETWEEN,
                own="".join(key[0] for key in keyed),
                says=says,
                interrupt=self.interrupt,
            )
            match outcome:
                case Keyed(keys) if keys in keyed:
                    return keyed[keys]
                case Said() if (intent := await self._wanted(talk, outcome)) is not None:
                    talk.remember(outcome)
                    if self.into is not None:
                        talk.variables[self.into] = intent
                        talk.note("set", name=self.into, value=intent)
                    return _to(self.intents[intent])
                case Keyed(keys):
                    talk.note("no_match", keys=keys)
            prompt = again.after(outcome)
        return self.otherwise

    async def _wanted(self, talk: Conversation, said: Said) -> str | None:
        """The intent that was meant; None where it is none.

        It is asked back where it is not sure, or where it was said in another language than the call
        is in: so that language is offered in itself.
        """
        found = await talk.understand(said, self.intents)
        intent = found.intent
        if intent is None:
            if said.before is not None:
                talk.speak(said.before)  # what means nothing is no reason to change it
            return None
        wanted = self.intents[intent]
        if found.sure and (said.before is None or not isinstance(wanted, Answer)):
            return intent
        if isinstance(wanted, Answer) and await confirmed(
            talk, wanted.confirm, self.patience, said.before
        ):
            return intent
        return None

    def exits(self) -> Iterator[Exit]:
        for name, wanted in self.intents.items():
            loc = ("intents", name, "to") if isinstance(wanted, Answer) else ("intents", name)
            yield Exit(loc, _to(wanted), "input", says=name)
        for choice in choices_of(self.choices):
            yield choice._replace(sets=False)
        yield Exit(("unheard",), self.unheard, "unheard", sets=False)
        yield Exit(("otherwise",), self.otherwise, "gave_up", sets=False)

    def prompts(self) -> Iterator[Mention]:
        yield Mention(("listen",), self.listen)
        for name, wanted in self.intents.items():
            if isinstance(wanted, Answer):
                yield Mention(("intents", name, "confirm"), wanted.confirm)
        yield from mentions("no_input", self.no_input)
        yield from mentions("no_match", self.no_match)

    def writes(self) -> Iterator[Mention]:
        if self.into is not None:
            yield Mention(("into",), self.into)

    def cut_short(self) -> bool:
        return any(self.interrupt)

    def longest(self, pace: Pace) -> float:
        prompts = (self.listen, *self.no_input, *self.no_match)
        asked_back = max(
            (pace.said(wanted.confirm) for wanted in _confirmed(self.intents)), default=None
        )
        again = 0.0
        if asked_back is not None:
            again = (asked_back + self.patience * pace.patience) * (len(self.no_match) + 1)
        longer = any(len(key) > 1 for key in self.choices)
        pauses = (len(self.no_match) + 1) * longer
        return attempts(pace, prompts, self.patience, pauses, BETWEEN) + again


async def confirmed(
    talk: Conversation, prompt: str, patience: float, before: str | None = None
) -> bool:
    """Ask back; only a yes, or its key, is one.

    The answer may be said in the language `before`, too. Without a yes, and without a no that tells
    in which language the caller speaks, the call goes on in that one.
    """
    says = replace(YES_NO, also=before)
    outcome = await talk.listen(prompt, most=1, patience=patience, own=YES_KEY + NO_KEY, says=says)
    agreed: bool | None = None
    match outcome:
        case Keyed(keys) if keys == YES_KEY:
            return True
        case Said():
            agreed = talk.agreed(outcome)
    if agreed is None and before is not None and talk.language != before:
        talk.speak(before)
    return agreed is True


def _to(wanted: str | Answer) -> str:
    return wanted.to if isinstance(wanted, Answer) else wanted


def _confirmed(intents: Mapping[str, str | Answer]) -> Iterator[Answer]:
    return (wanted for wanted in intents.values() if isinstance(wanted, Answer))
