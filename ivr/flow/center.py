"""center.yaml: the hotline's skills, hours, queues, allowed numbers, and the rules asked first."""

import re
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from ivr.flow.admission import Admission
from ivr.flow.cool_downs import CoolDownsSpec
from ivr.flow.fields import Expr, Model, Name, Names, Seconds, Target, wrong
from ivr.flow.global_keys import GlobalKeys
from ivr.flow.hours import Hours
from ivr.flow.kept import KeptSpec
from ivr.flow.needs import WORDS, Need, NeedSpec
from ivr.flow.secure import SecureSpec
from ivr.flow.services import Gateway, Lookup

_NUMBER = re.compile(r"\+?[0-9]{2,20}")


def _number(number: str) -> str:
    if not _NUMBER.fullmatch(number):
        raise wrong("a number of 2 to 20 digits, perhaps with a + before them,", number)
    return number


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise wrong("a time zone such as Asia/Shanghai", name)
    return name


def _skills(skills: dict[str, str]) -> dict[str, str]:
    for word in WORDS:
        if word in skills:
            raise wrong(
                f'another name than "{word}", which means something in a need,', word, (word,)
            )
    return skills


class Relaxed(Model):
    """From `after` on, waited in this queue, the call is content with `need`."""

    after: Seconds
    need: Need


class Overflow(Model):
    """Where a call goes that waited `after` in a queue, or finds `length` calls waiting there.

    It goes on to another `queue`, where the time it waited counts, or `to` a step.
    """

    after: Seconds | None = None
    length: int | None = Field(None, ge=0, le=10_000)
    queue: str | None = None
    to: Target | None = None

    @model_validator(mode="after")
    def _whether(self) -> "Overflow":
        if self.after is None and self.length is None:
            raise wrong("after: or length:, which say when calls go elsewhere,", None)
        return self


def _often(seconds: float) -> float:
    if seconds < 5:  # words without music between them comfort nobody
        raise wrong("a time of 5s or more", f"{seconds:g}s")
    return seconds


Often = Annotated[Seconds, AfterValidator(_often)]


class Announce(Model):
    """What a waiting caller hears between the music.

    Place and expected wait are told `first` after the wait began and then `every` so often; halfway
    between, the next of the prompts `comfort`, over and over.
    """

    first: Seconds = 4.0
    every: Often = 40.0
    comfort: Names = ()


class CallbackSpec(Model):
    """When callers who wait are offered to be called back, and how they are.

    They are offered it once: `after` so long, or when the wait they are told is longer than
    `when_wait_over`; with neither, not while they wait. They keep their place, and are rung when it
    is their turn and an agent is there, within the `hours` named (the queue's own, if none are), as
    often as `tries`, `gap` apart. Then a ticket tells those center.yaml names under `tickets:`.
    """

    after: Seconds | None = None
    when_wait_over: Seconds | None = None
    hours: str | None = None
    tries: int = Field(3, ge=1, le=10)
    gap: Seconds = 900.0
    ring: Seconds = 30.0

    @property
    def while_waiting(self) -> bool:
        """Whether callers are offered it while they wait."""
        return self.after is not None or self.when_wait_over is not None


class QueueSpec(Model):
    """A queue: whom its calls need, how far ahead they are, where they go if nobody is there.

    `priority` is a head start: a call is treated as if it had already waited that long. A caller
    waits up to `own_agent` for the agent they know, if that one is at work, and up to `spare` for
    another agent than the only free one of those whom others need.

    `keep_free` agents are kept for the next caller here: a call that this caller would be ahead of is
    offered one of those who could serve the caller only while so many of them stay free, and one of
    them at work is always for everybody. So others wait longer, by up to the difference in
    `priority`, which has to be given. The caller meant speaks the hotline's first language.
    """

    need: Need = NeedSpec(skills={})
    relax: tuple[Relaxed, ...] = ()
    priority: Seconds = 0.0
    ring: Seconds = 20.0
    wrap_up: Seconds = 10.0
    hours: str | None = None
    closed: Target | None = None
    unstaffed: Target | None = None
    own_agent: Seconds = 0.0
    spare: Seconds = 0.0
    keep_free: int = Field(0, ge=0, le=1_000)
    overflow: Overflow | None = None
    announce: Announce = Announce()
    callback: CallbackSpec | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "QueueSpec":
        before = 0.0
        for index, relaxed in enumerate(self.relax):
            if relaxed.after <= before:
                expected = f"a time after {before:g}s, when the need before it begins,"
                raise wrong(expected, f"{relaxed.after:g}s", ("relax", index, "after"))
            before = relaxed.after
        return self

    @model_validator(mode="after")
    def _ahead(self) -> "QueueSpec":
        if self.keep_free and not self.priority:
            expected = "priority: beside it, as agents are kept only from calls less far ahead,"
            raise wrong(expected, str(self.keep_free), ("keep_free",))
        return self


class Returning(Model):
    """A caller cut off in a queue or a talk who rings again `within` this time is put ahead.

    The wait until then counts as waited, and a talk that broke off as `priority` besides.
    """

    within: Seconds = 300.0
    priority: Seconds = 1800.0


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
    """The hotline itself. `human` is where 0 leads from every step.

    Whoever talked to a caller last, if that was within `last_agent`, is the agent they know, unless
    their profile names another.
    """

    name: str
    timezone: Annotated[str, AfterValidator(_timezone)] = "Asia/Shanghai"
    country: str = Field("CN", pattern="^[A-Z]{2}$")
    languages: tuple[str, ...] = Field(min_length=1)
    entry: Target = "main"
    human: Target
    elder_age: int = Field(60, ge=1, le=130)
    last_agent: Seconds = 0.0
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
    skills: Annotated[dict[str, str], AfterValidator(_skills)] = Field({})
    hours: dict[str, Hours] = Field({})
    numbers: dict[str, Annotated[str, AfterValidator(_number)]] = Field({})
    queues: dict[str, QueueSpec]
    rules: tuple[Rule, ...] = ()
    whisper: tuple[Whisper, ...] = ()
    cool_downs: CoolDownsSpec = CoolDownsSpec()
    limits: Limits = Limits()
    recordings: KeptSpec = KeptSpec()
    admission: Admission | None = None
    returning: Returning | None = None
    secure_entry: SecureSpec | None = None
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
