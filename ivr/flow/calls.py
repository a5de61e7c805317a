"""*.calls.yaml: calls that must go as they are written, each a few lines that can be read aloud.

They stand beside the flows and are tried with `careline test`; `ivr/trial/` tries them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from ivr.agent import AGENT_NAME
from ivr.flow.fields import NAME, Model, Name, Names, Seconds, Target, read_seconds, wrong
from ivr.flow.files import written_in
from ivr.flow.hotline import Hotline
from ivr.flow.problem import BrokenFlow, Problem, did_you_mean
from ivr.flow.read_model import read_model
from ivr.flow.source import Loc, Source, read
from ivr.line.commands import ALL_KEYS
from ivr.line.far_end import Answers, Busy, Declines, Phone, RingsOut, Unreachable

RULE = "calls"  # in brackets behind what is wrong with such a file
OUTCOMES = Literal["answered", "completed", "abandoned", "left", "handed_back", "callback"]


@dataclass(frozen=True, slots=True)
class Hears:
    """The caller hears this next, perhaps after other things: a prompt's name, or words of it."""

    what: str

    @property
    def is_name(self) -> bool:
        """Whether it is a prompt's name; otherwise a piece of what is said."""
        return NAME.fullmatch(self.what) is not None


@dataclass(frozen=True, slots=True)
class Keys:
    """The caller keys this: `after` seconds from the beginning of the prompt; None: in good time."""

    keys: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Talks:
    """The caller talks for so many seconds, to be taken down: leaves a message. A key, or hanging
    up, right after this comes half a second after the last word."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Says:
    """The caller says this: `after` seconds from the beginning of the prompt; None: in good time.

    `confidence` is how sure a recognizer would be of it.
    """

    text: str
    after: float | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Mumbles:
    """The caller makes a sound in which no words can be heard."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller lets a question go by."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody answers, and what follows happens during the talk."""


@dataclass(frozen=True, slots=True)
class HangsUp:
    """The caller hangs up `after` seconds from the beginning of what is heard."""

    after: float = 1.0


Turn = Hears | Keys | Says | Mumbles | Talks | Silence | Answered | HangsUp

PLAIN: dict[str, Turn] = {
    "silence": Silence(),
    "mumbles": Mumbles(),
    "answered": Answered(),
    "hang up": HangsUp(),
}
_TURN = "hear: a prompt, key: 1, says: some words, talks: 10s, silence, mumbles, answered, hang up"


def _turn(value: Any) -> Turn:
    match value:
        case str() if value in PLAIN:
            return PLAIN[value]
        case {"hear": str(what), **rest} if not rest:
            return Hears(what)
        case {"key": str(keys), **rest} if rest.keys() <= {"after"}:
            if not keys or keys.strip(ALL_KEYS):
                raise wrong("keys of a telephone (0 to 9, * and #)", keys, ("key",))
            return Keys(keys, read_seconds(rest["after"]) if "after" in rest else None)
        case {"says": str(text), **rest} if rest.keys() <= {"after", "confidence"}:
            return _says(text, rest)
        case {"talks": str(seconds), **rest} if not rest:
            return Talks(read_seconds(seconds))
        case {"hang_up": str(after), **rest} if not rest:
            return HangsUp(read_seconds(after))
    raise wrong(f"one of {_TURN}", value)


def _says(text: str, rest: dict[Any, Any]) -> Says:
    if not text.strip():
        raise wrong("the words that are said", text, ("says",))
    try:
        confidence = float(rest.get("confidence", 1.0))
    except (TypeError, ValueError):
        confidence = -1.0
    if not 0.0 <= confidence <= 1.0:
        raise wrong("a number from 0 to 1", rest["confidence"], ("confidence",))
    return Says(text, read_seconds(rest["after"]) if "after" in rest else None, confidence)


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
_AFTER = {"type": ["string", "number"], "description": "Seconds from the prompt's beginning."}
TurnSpec = Annotated[
    Turn,
    BeforeValidator(_turn),
    WithJsonSchema(
        {
            "title": "what is heard or done, see below",
            "anyOf": [
                {"enum": list(PLAIN)},
                {
                    "type": "object",
                    "properties": {"hear": {"type": "string"}},
                    "required": ["hear"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"key": {"type": ["string", "integer"]}, "after": _AFTER},
                    "required": ["key"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {
                        "says": {"type": ["string", "number"]},
                        "after": _AFTER,
                        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                    },
                    "required": ["says"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"talks": {"type": ["string", "number"]}},
                    "required": ["talks"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"hang_up": _AFTER},
                    "required": ["hang_up"],
                    "additionalProperties": False,
                },
            ],
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


@dataclass(frozen=True, slots=True)
class Case:
    """A call to try, and where it stands: `loc` leads to it within `source`."""

    spec: CallCase
    source: Source
    loc: Loc

    def problem(self, message: str, *at: str | int, key: bool = False) -> Problem:
        """Something wrong with this call, shown at the field `at`."""
        loc = (*self.loc, *at)
        spot = self.source.key(loc) if key else self.source.value(loc)
        return self.source.problem(spot, message, RULE)


def read_calls(folder: Path, hotline: Hotline) -> list[Case]:
    """Every call of the `*.calls.yaml` files of a folder, or of one such file.

    Raises `BrokenFlow` with everything that is wrong with them: what cannot be read, and names the
    hotline does not have.
    """
    problems: list[Problem] = []
    cases: list[Case] = []
    for path in written_in(folder, ".calls.yaml") if folder.is_dir() else [folder]:
        try:
            cases += cases_of(read(path, path.name), hotline)
        except BrokenFlow as broken:
            problems += broken.problems
    if problems:
        raise BrokenFlow(problems)
    return cases


def cases_of(source: Source, hotline: Hotline) -> list[Case]:
    """The calls of one file; see `read_calls`."""
    problems: list[Problem] = []
    cases: list[Case] = []
    named: dict[str, int] = {}
    found = read_model(CallsFile, source, (), source.data, source.path, problems)
    for index, spec in enumerate(found.calls if found else ()):
        case = Case(spec, source, ("calls", index))
        cases.append(case)
        problems += _unknown(case, hotline)
        if (first := named.setdefault(spec.call, index)) != index:
            line = source.value(("calls", first)).line
            problems.append(case.problem(f"the call on line {line} has this name too", "call"))
    if problems:
        raise BrokenFlow(problems)
    return cases


def _unknown(case: Case, hotline: Hotline) -> Iterator[Problem]:
    spec, center = case.spec, hotline.center
    prompts = hotline.wording.names()
    steps = {f"{flow.name}.{step}" for flow in hotline.flows.values() for step in flow.steps}

    def known(
        name: str | None, names: Mapping[str, object] | set[str], what: str, *at: str | int
    ) -> Iterator[Problem]:
        if name is not None and name not in names:
            message = f'there is no {what} "{name}"{did_you_mean(name, names)}'
            yield case.problem(message, *at, key=at[0] in ("numbers", "hours", "lookups", "agents"))

    if spec.begin is not None and hotline.place(spec.begin) is None:
        yield from known(spec.begin, steps | hotline.flows.keys(), "step or flow", "begin")
    for index, turn in enumerate(spec.talk):
        if isinstance(turn, Hears) and turn.is_name:
            yield from known(turn.what, prompts, "prompt", "talk", index, "hear")
    for field in ("never_hear", "agent_hears"):
        for index, name in enumerate(getattr(spec, field)):
            yield from known(name, prompts, "prompt", field, index)
    for name in spec.numbers:
        yield from known(name, center.numbers, "number", "numbers", name)
    for name in spec.lookups:
        yield from known(name, center.lookups, "lookup", "lookups", name)
    for name in spec.hours:
        yield from known(name, center.hours, "hours", "hours", name)
    for agent, desk in (spec.agents or {}).items():
        for skill in desk.skills:
            yield from known(skill, center.skills, "skill", "agents", agent, "skills", skill)
    for field, queue in (("queue", spec.ends.queue), ("callback", spec.ends.callback)):
        yield from known(queue, center.queues, "queue", "ends", field)
    yield from known(spec.ends.step, steps, "step", "ends", "step")
