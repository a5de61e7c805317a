"""What a call asks of an agent, as a supervisor writes it.

    need: {cards: 2, any: [{zh: 1}, {en: 3}], not: [trainee], prefer: {senior_care: 2}}

reads: cards at level 2, and Chinese or English at level 3, nobody in training, and rather somebody
who is good with the elderly. `all` holds several needs at once, so two choices are
`all: [{any: [zh, en]}, {any: [cards, accounts]}]`. A skill alone stands for level 1, and `language:`
is an expression that gives the language whose skill is meant.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator

from ivr.flow.expression import Expression
from ivr.flow.fields import NAME, Model, read_expression, wrong
from ivr.flow.source import Loc
from routing.skills import ANYBODY
from routing.skills import Need as Asked

WORDS = ("language", "all", "any", "not", "prefer")
"""What means something else than a skill in a need."""

Spoken = Callable[[Expression], str | None]
"""The language an expression gives; None when it is not known."""


class NeedSpec(Model):
    """A need with its expressions: levels by skill, a language, and needs within it.

    `bare` is a need written as the name of a skill, and `alone` one that stands without a list.
    """

    skills: dict[str, int]
    language: Expression | None = None
    all: tuple["NeedSpec", ...] = ()
    any: tuple["NeedSpec", ...] = ()
    none: tuple["NeedSpec", ...] = ()
    prefer: "NeedSpec | None" = None
    bare: bool = False
    alone: bool = False

    def asked(self, spoken: Spoken) -> Asked:
        """The need as the floor knows it; a language that is not known is not asked for."""
        need = Asked(
            self._levels(spoken),
            (tuple(one.asked(spoken) for one in self.any),) if self.any else (),
            # Not: who speaks a language that is not known. Nobody is kept away by that.
            tuple(n for n in (one.asked(spoken) for one in self.none) if n != ANYBODY),
            self.prefer._levels(spoken) if self.prefer is not None else {},
        )
        for one in self.all:
            need = need.and_also(one.asked(spoken))
        return need

    def mentions(self) -> Iterator[tuple[Loc, str]]:
        """Every skill it names, with the place within the need."""
        for skill in self.skills:
            yield (() if self.bare else (skill,)), skill
        for loc, one in self._within():
            for rest, skill in one.mentions():
                yield (*loc, *rest), skill

    def expressions(self) -> Iterator[tuple[Loc, Expression]]:
        """Every expression in it, with the place within the need."""
        if self.language is not None:
            yield ("language",), self.language
        for loc, one in self._within():
            for rest, expression in one.expressions():
                yield (*loc, *rest), expression

    def _levels(self, spoken: Spoken) -> dict[str, int]:
        levels = dict(self.skills)
        if self.language is not None and (tag := spoken(self.language)) is not None:
            levels[tag] = 1
        return levels

    def _within(self) -> Iterator[tuple[Loc, "NeedSpec"]]:
        for name, needs in (("all", self.all), ("any", self.any), ("not", self.none)):
            for index, one in enumerate(needs):
                # `not: {trainee: 1}` is one need, not a list of them.
                yield ((name,) if one.alone else (name, index)), one
        if self.prefer is not None:
            yield ("prefer",), self.prefer


def _need(value: Any) -> NeedSpec:
    return NeedSpec(skills={}) if value is None else _read(value, ())


def _read(value: Any, at: Loc) -> NeedSpec:
    if not isinstance(value, dict):
        raise wrong("skills with their levels, such as {senior_care: 3},", value, at)
    skills: dict[str, int] = {}
    for skill, level in value.items():
        if skill in WORDS:
            continue
        if level not in ("1", "2", "3", "4", "5"):
            raise wrong(f'a level from 1 to 5 for the skill "{skill}"', level, (*at, skill))
        skills[skill] = int(level)
    language = None
    if "language" in value:
        language = read_expression(value["language"], (*at, "language"))
    return NeedSpec(
        skills=skills,
        language=language,
        all=_several(value, "all", at),
        any=_several(value, "any", at),
        none=_not(value, at),
        prefer=_prefer(value, at),
    )


def _several(value: dict[str, Any], name: str, at: Loc) -> tuple[NeedSpec, ...]:
    if name not in value:
        return ()
    needs = value[name]
    if not isinstance(needs, list) or not needs:
        raise wrong(f"a list of needs, such as {name}: [{{zh: 1}}, {{en: 3}}],", needs, (*at, name))
    return tuple(_item(one, (*at, name, index)) for index, one in enumerate(needs))


def _not(value: dict[str, Any], at: Loc) -> tuple[NeedSpec, ...]:
    without = value.get("not")
    if isinstance(without, dict) and without:
        return (_read(without, (*at, "not")).model_copy(update={"alone": True}),)
    if isinstance(without, str):
        raise wrong("a list of skills such as [trainee]", without, (*at, "not"))
    return _several(value, "not", at)


def _prefer(value: dict[str, Any], at: Loc) -> NeedSpec | None:
    if "prefer" not in value:
        return None
    if at:
        expected = "prefer: at the top of the need, not within all, any or not,"
        raise wrong(expected, value["prefer"], (*at, "prefer"))
    prefer = _read(value["prefer"], ("prefer",))
    if prefer.all or prefer.any or prefer.none or prefer.prefer is not None:
        raise wrong("only skills with their levels in prefer:", value["prefer"], ("prefer",))
    return prefer


def _item(value: Any, at: Loc) -> NeedSpec:
    if not isinstance(value, str):
        return _read(value, at)
    if not NAME.fullmatch(value) or value in WORDS:
        raise wrong("a skill, or skills with their levels such as {zh: 1},", value, at)
    return NeedSpec(skills={value: 1}, bare=True)


Need = Annotated[NeedSpec, BeforeValidator(_need)]
