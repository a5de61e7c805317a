"""form: have the caller say several things, in one sentence or one after the other."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ivr.flow.again import Again
from ivr.flow.conversation import Conversation
from ivr.flow.fields import ANYTHING, Interrupts, Model, Name, Names, Seconds, Target, wrong
from ivr.flow.fields import Digits as DigitCounts
from ivr.flow.sayable import ANSWERS, Said, Sayable
from ivr.flow.slots import kind_of, wordings
from ivr.flow.step import Exit, Mention, Pace, Step, attempts, mentions
from ivr.flow.steps.listen import NO_KEY, YES_KEY
from ivr.flow.steps.menu import BETWEEN
from ivr.line.commands import Keyed, Silence, Unclear
from speech.slots import Kind, YesNo

if TYPE_CHECKING:
    from ivr.flow.source import Loc

KEYABLE = frozenset({"digits", "amount"})
"""What can be keyed where it is asked for; a day or a name cannot."""

MOST_QUESTIONS = 20
"""Of one form, after which a human helps: whoever keeps correcting is not getting anywhere."""

Values = dict[str, str | bool]
_AFTER = ("read_back", "what_instead")  # the prompts said when nothing is missing


class Slot(Model):
    """Something a form wants: what it `takes` (amount, date, time, digits, yes_no, or the name of a
    list of intents.*.yaml), how many `digits`, and the prompt that asks for it alone.
    """

    takes: Name
    digits: DigitCounts = DigitCounts(1, 32)
    ask: Name | None = None


def _fields(value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        raise wrong("things to ask for, such as {day: {takes: date, ask: which_day}},", value)
    return value


class Form(Step):
    """Asks for several things at once and takes all it is told, in whatever order; what is missing is
    asked for one by one. Each of the `fields` is a variable.

    With `read_back` all of it is said to the caller before the call goes to `next`: yes, or key 1,
    agrees, and what is named in the answer ("no, five hundred") is put right and read back again.
    After a mere no, or key 2, `what_instead` asks what it should be. Things the caller has named
    already, to the `listen` before, are not asked again.

    After silence or words without any of these things it asks again with the next prompt of
    `no_input` or `no_match`, and then for the same thing; when those are used up the call goes to
    `otherwise`. Where the language of the call cannot be recognized it goes to `unheard` at once.

    `interrupt` tells what cuts a question short: a key or the voice (`yes`), only a `key`, only the
    `voice`, or, with `no`, nothing but 0. What is keyed or said too early then does not count.

        visit:
          form: when_shall_we_come
          fields: {day: {takes: date, ask: which_day}, hour: {takes: time, ask: what_time}}
          read_back: visit_read_back
          what_instead: when_then
          next: noted
          unheard: human
          otherwise: human
    """

    kind: ClassVar[str] = "form"

    form: Name
    fields: Annotated[dict[Name, Slot], BeforeValidator(_fields)]
    read_back: Name | None = None
    what_instead: Name | None = None
    no_input: Names = ()
    no_match: Names = ()
    interrupt: Interrupts = ANYTHING
    patience: Seconds = 6.0
    next: Target
    unheard: Target
    otherwise: Target

    async def run(self, talk: Conversation) -> str:
        if not talk.heard_here:
            return self.unheard
        told = talk.recall()
        values: Values = {} if told is None else talk.found(told, self._kinds(talk))
        prompt = self._question(values) if values else self.form
        again = Again(self.no_input, self.no_match)
        for _ in range(MOST_QUESTIONS):
            talk.variables.update(values)
            if prompt is None:
                break
            outcome = await self._ask(talk, prompt, self._missing(values))
            agreed = self._agreed(talk, outcome, values)
            named = self._named(talk, outcome, values)
            if agreed:
                break
            if named:
                values |= named
                prompt = self._question(values)
                continue
            if agreed is False and self.what_instead is not None:
                prompt = self.what_instead
            else:
                prompt = again.after(outcome)
            if prompt is None:
                return self.otherwise
        else:
            return self.otherwise
        for name in self.fields:
            talk.note("set", name=name, value=values[name])
        return self.next

    async def _ask(
        self, talk: Conversation, prompt: str, missing: str | None
    ) -> Keyed | Silence | Said | Unclear:
        wanted = self.fields[missing] if missing is not None else None
        keyable = wanted is not None and wanted.takes in KEYABLE
        return await talk.listen(
            prompt,
            most=wanted.digits.most if keyable and wanted is not None else 1,
            patience=self.patience,
            own="0123456789" if keyable else YES_KEY + NO_KEY,
            says=self._says(talk, reading_back=missing is None),
            interrupt=self.interrupt,
        )

    def _says(self, talk: Conversation, *, reading_back: bool) -> Sayable:
        intents, today = talk.hotline.intents, talk.today
        more = (
            phrase
            for slot in self.fields.values()
            for phrase in wordings(slot.takes, intents, talk.language, today)
        )
        meanings = ANSWERS if reading_back else ()
        return Sayable(meanings, "open", free=True, more=tuple(dict.fromkeys(more)))

    def _named(
        self, talk: Conversation, outcome: Keyed | Silence | Said | Unclear, values: Values
    ) -> Values:
        """What the caller has named; when it is read back, only what is not as it was."""
        missing = self._missing(values)
        if isinstance(outcome, Keyed):
            slot = self.fields[missing] if missing is not None else None
            if missing is None or slot is None or slot.takes not in KEYABLE:
                return {}
            enough = slot.digits.least <= len(outcome.keys) and outcome.keys.isdigit()
            return {missing: outcome.keys} if enough else {}
        if not isinstance(outcome, Said):
            return {}
        kinds = self._kinds(talk)
        if missing is None:  # a yes is an answer to the question, not a thing that was named
            kinds = {name: kind for name, kind in kinds.items() if not isinstance(kind, YesNo)}
        elif missing in kinds:  # of two of a kind, what is asked for comes first
            kinds = {missing: kinds[missing], **kinds}
        found = talk.found(outcome, kinds)
        return {name: value for name, value in found.items() if values.get(name) != value}

    def _agreed(
        self, talk: Conversation, outcome: Keyed | Silence | Said | Unclear, values: Values
    ) -> bool | None:
        """Whether what was read back is right; None where that was not asked, or not answered."""
        if self._missing(values) is not None:
            return None
        if isinstance(outcome, Keyed):
            return {YES_KEY: True, NO_KEY: False}.get(outcome.keys)
        if not isinstance(outcome, Said):
            return None
        return False if self._named(talk, outcome, values) else talk.agreed(outcome)

    def _kinds(self, talk: Conversation) -> dict[str, Kind]:
        intents, language = talk.hotline.intents, talk.language
        return {
            name: kind_of(slot.takes, slot.digits, intents, language)
            for name, slot in self.fields.items()
        }

    def _missing(self, values: Values) -> str | None:
        return next((name for name in self.fields if name not in values), None)

    def _question(self, values: Values) -> str | None:
        """The prompt that asks for what is missing, or reads back; None when nothing is left."""
        missing = self._missing(values)
        return self.read_back if missing is None else self.fields[missing].ask or self.form

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next, "input")
        yield Exit(("unheard",), self.unheard, "unheard", sets=False)
        yield Exit(("otherwise",), self.otherwise, "gave_up", sets=False)

    def prompts(self) -> Iterator[Mention]:
        yield Mention(("form",), self.form)
        for name, slot in self.fields.items():
            if slot.ask is not None:
                yield Mention(("fields", name, "ask"), slot.ask)
        for field in _AFTER:
            if (prompt := getattr(self, field)) is not None:
                yield Mention((field,), prompt)
        yield from mentions("no_input", self.no_input)
        yield from mentions("no_match", self.no_match)

    def writes(self) -> Iterator[Mention]:
        for name in self.fields:
            yield Mention(("fields", name), name)

    def set_before(self, loc: "Loc") -> frozenset[str]:
        """When it is read back everything has its value."""
        return frozenset(self.fields) if loc[0] in _AFTER else frozenset()

    def takes(self) -> Iterator[Mention]:
        for name, slot in self.fields.items():
            yield Mention(("fields", name, "takes"), slot.takes)

    def cut_short(self) -> bool:
        return any(self.interrupt)

    def longest(self, pace: Pace) -> float:
        asks = [slot.ask for slot in self.fields.values() if slot.ask is not None]
        questions = [self.form, *asks, *([self.read_back] if self.read_back is not None else [])]
        slowest = max(questions, key=pace.said)
        prompts = (slowest, *self.no_input, *self.no_match)
        pauses = len(self.no_match) + 1
        instead = attempts(pace, (self.what_instead,), self.patience) if self.what_instead else 0.0
        return attempts(pace, prompts, self.patience, pauses, BETWEEN) + instead
