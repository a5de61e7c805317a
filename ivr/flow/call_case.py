"""What is written of a call that must go as it is written?"""

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from ivr.agent import AGENT_NAME
from ivr.flow.fields import Model, Name, Names, Seconds, Target, wrong
from ivr.flow.turns import TurnSpec
from ivr.line.far_end import Answers, Busy, Declines, Phone, RingsOut, Unreachable

OUTCOMES = Literal["answered", "completed", "abandoned", "left", "handed_back", "callback"]


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong('a date and time such as "2026-11-18 10:00"', value) from None
    if moment.tzinfo is not None:
        raise wrong("a time where the hotline is, without a time zone,", value)
    return moment


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong("a date such as 1954-03-02", value) from None


_PHONES: dict[str, Phone] = {
    "answers": Answers(after=3.0, talks=60.0),
    "busy": Busy(),
    "declines": Declines(),
    "rings out": RingsOut(),
    "unreachable": Unreachable(),
}


def _phone(value: Any) -> Phone:
    if isinstance(value, str) and value in _PHONES:
        return _PHONES[value]
    raise wrong(f"one of {', '.join(_PHONES)}", value)


def _levels(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        raise wrong("skills with their levels, such as {zh: 5},", value)
    for skill, level in value.items():
        if level not in ("1", "2", "3", "4", "5"):
            raise wrong(f'a level from 1 to 5 for the skill "{skill}"', level, (skill,))
    return {skill: int(level) for skill, level in value.items()}


def _answers(value: Any) -> Any:
    """What lookups find, with numbers and truth values as JSON has them."""
    if isinstance(value, dict):
        return {name: _answers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_answers(inner) for inner in value]
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _hears(value: Any) -> Any:
    return () if value == "none" else value


def _ends(value: Any) -> Any:
    return {"outcome": value} if isinstance(value, str) else value


Answer = Literal["missing", "fails"]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"title": 'a date and time such as "2026-11-18 10:00"', "type": "string"}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
PhoneSpec = Annotated[Phone, BeforeValidator(_phone), WithJsonSchema({"enum": list(_PHONES)})]
Levels = Annotated[
    dict[str, int],
    BeforeValidator(_levels),
    WithJsonSchema(
        {
            "title": "skills with levels from 1 to 5",
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 5},
        }
    ),
]


class Ringing(Model):
    """What the hotline knows of whoever rings; without it they are not known."""

    name: str = ""
    born: Day | None = None
    languages: Annotated[
        tuple[str, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else (v,))
    ] = ()
    tier: str = ""


class Desk(Model):
    """An agent of a tried call: skills, and what the phone does when it rings.

    After `leaves`, counted from the call's beginning, the agent logs out.
    """

    skills: Levels
    language: str = ""
    phone: PhoneSpec = _PHONES["answers"]
    talks: Seconds = 60.0
    leaves: Seconds | None = None


def _agents(value: Any) -> Any:
    if value == "none":
        return {}
    for name in value if isinstance(value, dict) else ():
        if not AGENT_NAME.fullmatch(name):
            raise wrong("an agent's name in small letters, digits and -", name, (name,))
    return value


class Ends(Model):
    """How a call must end. Each field that is given must hold.

    `with` is the agent or number talked to, `step` the last step that ran, `within` the longest
    time until somebody answers, or until the call is over if nobody does. `message` is how long
    the message is, at least, that the caller has left, `callback` the queue from which they will be
    called back.
    """

    outcome: OUTCOMES | None = None
    with_: str | None = Field(None, alias="with")
    queue: str | None = None
    step: Target | None = None
    within: Seconds | None = None
    message: Seconds | None = None
    callback: str | None = None


class CallCase(Model):
    """One call, and what must come of it.

    `from` is the number that rings (without it one of the hotline's own country), `at` the time
    where the hotline is (without it a Wednesday at ten), `begin` a step or flow to begin at instead
    of the hotline's entry and rules, `knows` what variables hold there.

    `agents` are those logged in: without it somebody for every queue and language, `none` for
    nobody. `numbers` says what outside numbers do (they answer
    unless it says otherwise), `hours` overrules opening hours. `lookups` says what each lookup
    finds: fields with values, or `missing`, or `fails` (as all do of which nothing is said);
    `gateways` whether SMS and tickets are taken, `messages` whether there is room for what callers
    say.

    `hears` are the languages in which what the caller says is recognized: without it those that
    have an intents file, `none` for keys alone.

    `talk` is the call in its order: what is heard, what is keyed or said. Things not mentioned may
    be heard in between; `never_hear` must not be. `agent_hears` is the whisper, `sets` what
    variables hold.
    """

    call: str = Field(min_length=1)
    from_: str | None = Field(None, alias="from")
    at: Moment = datetime(2026, 11, 18, 10)  # noqa: DTZ001  the hotline's zone is not known here
    begin: Target | None = None
    knows: dict[Name, str] = Field({})
    caller: Ringing = Ringing()
    agents: Annotated[dict[str, Desk] | None, BeforeValidator(_agents)] = None
    numbers: dict[str, PhoneSpec] = Field({})
    hours: dict[str, Literal["open", "closed"]] = Field({})
    lookups: Annotated[dict[str, dict[str, Any] | Answer], BeforeValidator(_answers)] = Field({})
    gateways: Literal["work", "fail"] = "work"
    messages: Literal["work", "fail"] = "work"
    hears: Annotated[tuple[str, ...] | None, BeforeValidator(_hears)] = None
    talk: tuple[TurnSpec, ...] = ()
    never_hear: Names = ()
    agent_hears: Names = ()
    sets: dict[Name, str] = Field({})
    ends: Annotated[Ends, BeforeValidator(_ends)] = Ends.model_validate({})


class CallsFile(Model):
    """A file of calls."""

    calls: tuple[CallCase, ...] = Field(min_length=1)
