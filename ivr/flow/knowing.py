"""What does a call know, and what can be worked out from it?"""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Any
from weakref import ref

from ivr.caller import Caller
from ivr.flow import spoken_values
from ivr.flow.expression import Expression, Facts, Functions, Unknown, Value
from ivr.flow.hotline import Hotline, Place
from ivr.flow.memory import Memory
from ivr.flow.serving import House


class Knowing:
    """The part of a `Conversation` that knows.

    `variables` hold what was keyed and set, as text, numbers or truth values. Secrets are kept
    apart, where neither expressions nor prompts nor the record can reach them. The engine sets
    `place`, the step being done, and `within`, the flow whose names that step's target is read by.
    """

    def __init__(self, hotline: Hotline, caller: Caller, house: House) -> None:
        self.hotline = hotline
        self.caller = caller
        self.house = house
        self.language = caller.language
        self.memory = Memory()
        self.place = Place("", "")
        self.within = ""
        self._asks_the_house: Functions = {
            "staffed": partial(_staffed, ref(house)),
            "open": partial(_is_open_there, hotline, ref(house)),
        }  # weakly: the house knows its call, so no facts may keep the house (see `Facts`)
        self._center = {"elder_age": hotline.center.center.elder_age}
        self._about = self._about_caller()
        self._facts = Facts({})

    @property
    def elderly(self) -> bool:
        """Whether the caller is known to have reached the hotline's elder age."""
        return (
            self.caller.age is not None and self.caller.age >= self.hotline.center.center.elder_age
        )

    @property
    def variables(self) -> dict[str, Value]:
        """What the sub-dialog under way knows, or the call itself outside of all."""
        return self.memory.here.variables

    @property
    def facts(self) -> Facts:
        """What expressions can read and call now, saying values in the language of the call."""
        if self._about["language"] != self.language:
            self._about = self._about_caller()
        values = {**self.variables, "caller": self._about, "center": self._center}
        if not self._facts.are(values):
            says = spoken_values.functions(self.language)
            self._facts = Facts(values, {**says, **self._asks_the_house})
        return self._facts

    def _about_caller(self) -> dict[str, Value]:
        """What is known of the caller. What is not is absent, not empty."""
        caller = self.caller
        about: dict[str, Value] = {
            "language": self.language,
            "language_guessed": caller.language_guessed,
            "dialect": caller.dialect,
            "known": caller.known,
            "name": caller.name,
            "tier": caller.tier,
            "elderly": self.elderly,
            "withheld": caller.number is None,
        }
        if caller.number is not None:
            about["number"] = caller.number
        if caller.age is not None:
            about["age"] = caller.age
        if caller.country is not None:
            about["country"] = caller.country
        return about

    def holds(self, condition: Expression) -> bool:
        """Whether a condition holds now."""
        return condition.holds(self.facts)

    def assign(self, name: str, expression: Expression) -> None:
        """Give a variable an expression's value; one without a value is noted and left out."""
        try:
            self.variables[name] = expression.value(self.facts)
        except Unknown as error:
            self.house.trouble(f"{name} was not set: {error}")
        else:
            self.note("set", name=name, value=self.variables[name])

    def worked_out(self, expressions: Mapping[str, Expression]) -> dict[str, Value]:
        """Expressions' values by their names; one without a value is noted and left out."""
        found = self.known(expressions)
        for name in expressions.keys() - found.keys():
            self.house.trouble(f"{name} has no value: {expressions[name].text}")
        return found

    def known(self, expressions: Mapping[str, Expression]) -> dict[str, Value]:
        """Expressions' values by their names, without those that have none."""
        facts, found = self.facts, {}
        for name, expression in expressions.items():
            with suppress(Unknown):
                found[name] = expression.value(facts)
        return found

    def keep(self, name: str, keys: str, *, secret: bool) -> None:
        """Keep what the caller keyed."""
        scope = self.memory.here
        (scope.secrets if secret else scope.variables)[name] = keys

    def lot(self) -> float:
        """A number from 0 to 1 that is drawn once for each caller (or hidden call) and step."""
        who = self.caller.number or self.house.call_id
        drawn = sha256(f"{self.place}\0{who}".encode()).digest()
        return int.from_bytes(drawn[:8]) / 2**64

    def begin(
        self, target: str, given: Mapping[str, Expression], back: str, into: Mapping[str, str]
    ) -> str:
        """Enter a sub-dialog at `target`; returns the target to go on by."""
        place = self.hotline.place(target, self.within)
        values = self.worked_out(given)
        flow = place.flow if place is not None else self.within
        self.memory.begin(flow, values, self.within, back, into)
        self.note("do", to=target, given=list(values))
        return target

    def come_back(self, returned: Mapping[str, Expression]) -> str:
        """Leave the sub-dialog with what it returns; returns the target to go on by."""
        values = self.worked_out(returned)
        self.within, target = self.memory.come_back(values)
        self.note("returned", to=target, values=list(values))
        return target

    def is_open(self, hours: str) -> bool:
        """Whether the named hours are open now."""
        return _is_open(self.hotline, self.house, hours)

    def note(self, kind: str, /, **data: Any) -> None:
        """Write into the call's record."""
        self.house.note(kind, **data)


def _is_open(hotline: Hotline, house: House, hours: str) -> bool:
    return hotline.center.is_open(hours, house.now())


def _is_open_there(hotline: Hotline, house: "ref[House]", hours: str) -> bool:
    return (around := house()) is not None and _is_open(hotline, around, hours)


def _staffed(house: "ref[House]", skill: str) -> bool:
    return (around := house()) is not None and around.staffed(skill)
