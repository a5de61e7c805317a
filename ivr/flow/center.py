"""center.yaml: the hotline's skills, hours, queues, allowed numbers, and the rules asked first."""

import re
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from ivr.flow.expression import Expression
from ivr.flow.fields import Expr, Model, Name, Names, Seconds, Target, read_expression, wrong
from ivr.flow.global_keys import GlobalKeys
from ivr.flow.hours import Hours
from ivr.flow.services import Gateway, Lookup

_NUMBER = re.compile(r"\+?[0-9]{2,20}")


class NeedSpec(Model):
    """What a call asks of an agent: levels by skill, and an expression for the language's skill."""

    skills: dict[str, int]
    language: Expression | None = None


def _need(value: Any) -> NeedSpec:
    if value is None:
        return NeedSpec(skills={})
    if not isinstance(value, dict):
        raise wrong("skills with their levels, such as {senior_care: 3},", value)
    skills: dict[str, int] = {}
    for skill, level in value.items():
        if skill == "language":
            continue
        if level not in ("1", "2", "3", "4", "5"):
            raise wrong(f'a level from 1 to 5 for the skill "{skill}"', level, (skill,))
        skills[skill] = int(level)
    language = read_expression(value["language"], ("language",)) if "language" in value else None
    return NeedSpec(skills=skills, language=language)


def _number(number: str) -> str:
    if not _NUMBER.fullmatch(number):
        raise wrong("a number of 2 to 20 digits, perhaps with a + before them,", number)
    return number


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise wrong("a time zone such as Asia/Shanghai", name)
    return name


Need = Annotated[NeedSpec, BeforeValidator(_need)]


class Relaxed(Model):
    """From `after` on, waited in this queue, the call is content with `need`."""

    after: Seconds
    need: Need


class QueueSpec(Model):
    """A queue: whom its calls need, how far ahead they are, where they go if nobody is there.

    `priority` is a head start: a call is treated as if it had already waited that long.
    """

    need: Need = NeedSpec(skills={})
    relax: tuple[Relaxed, ...] = ()
    priority: Seconds = 0.0
    ring: Seconds = 20.0
    wrap_up: Seconds = 10.0
    hours: str | None = None
    closed: Target | None = None
    unstaffed: Target | None = None


class Rule(Model):
    """A routing rule: when it holds, the call goes to `queue` before any flow runs."""

    name: Name
    when: Expr
    queue: str
    say: str | None = None
    need: Need | None = None
    priority: Seconds = 0.0


class Whisper(Model):
    """What an agent hears about the caller before the two are joined."""

    when: Expr
    say: str


class Identity(Model):
    """The hotline itself. `human` is where 0 leads from every step."""

    name: str
    timezone: Annotated[str, AfterValidator(_timezone)] = "Asia/Shanghai"
    country: str = Field("CN", pattern="^[A-Z]{2}$")
    languages: tuple[str, ...] = Field(min_length=1)
    entry: Target = "main"
    human: Target
    elder_age: int = Field(60, ge=1, le=130)
    step_budget: int = Field(200, ge=10, le=10_000)


Few = Annotated[int, Field(ge=0, le=20)]


class Limits(Model):
    """How far a caller may be from a human by day: what `careline check` proves (ivr/flow/proof.py).

    `inputs` are the most a caller needs who wants a human, from any step; `time` the longest until
    one is reached by a caller who does nothing. `elderly` and `foreign` are the inputs such callers
    may need from the start. `notice` is how long an announcement may be that cannot be cut short.
    `hours` are those that are open by day; all of them, if none are named.
    """

    inputs: Few = 2
    time: Seconds = 60.0
    elderly: Few = 0
    foreign: Few = 0
    notice: Seconds = 15.0
    hours: Names = ()


class Center(Model):
    """The whole of center.yaml."""

    center: Identity
    skills: dict[str, str] = Field({})
    hours: dict[str, Hours] = Field({})
    numbers: dict[str, Annotated[str, AfterValidator(_number)]] = Field({})
    queues: dict[str, QueueSpec]
    rules: tuple[Rule, ...] = ()
    whisper: tuple[Whisper, ...] = ()
    limits: Limits = Limits()
    commands: GlobalKeys = GlobalKeys()
    lookups: dict[Name, Lookup] = Field({})
    sms: Gateway | None = None
    tickets: Gateway | None = None

    @property
    def language(self) -> str:
        """The language of callers of whom nothing else is known."""
        return self.center.languages[0]

    @property
    def zone(self) -> ZoneInfo:
        """The hotline's time zone."""
        return ZoneInfo(self.center.timezone)

    def is_open(self, hours: str, at: datetime) -> bool:
        """Whether the named hours are open at `at` (aware)."""
        return self.hours[hours].is_open(at.astimezone(self.zone), self.center.country)
