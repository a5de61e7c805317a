"""Does a call go as its test says?"""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import phonenumbers

from ivr.agent import AgentAccount
from ivr.caller import Profile, parse_number
from ivr.flow.call_case import CallCase
from ivr.flow.calls import Case
from ivr.flow.center import Center
from ivr.flow.hotline import Hotline, Place
from ivr.flow.hours import DAYS, Hours
from ivr.flow.problem import Problem
from ivr.flow.steps.set import Set
from ivr.flow.steps.survey import Survey
from ivr.flow.turns import Hears
from ivr.line.far_end import Answers, Phone
from ivr.line.virtual_time import run
from ivr.trial.dialogue import Dialogue, Names
from ivr.trial.hall import LONGEST, Hall, Trial, enough_agents
from ivr.trial.outside import Played
from ivr.understanding import Understanding

ALWAYS = Hours.model_construct(
    open=dict.fromkeys(DAYS, ((0, 24 * 60),)), holidays="as usual", special={}
)
GIVEN = "given_by_the_test"  # the step that sets what a case `knows`
NEVER = Hours.model_construct(open={}, holidays=(), special={})


@dataclass(frozen=True, slots=True)
class Tried:
    """A case that was tried, what became of its call, and what is not as written."""

    case: Case
    trial: Trial
    problems: tuple[Problem, ...]


def try_cases(hotline: Hotline, cases: Sequence[Case]) -> list[Tried]:
    """Try each case, one after the other, in virtual time."""

    async def all_of_them() -> list[Tried]:
        agents = enough_agents(hotline)
        return [await try_case(hotline, case, agents) for case in cases]

    return run(all_of_them())


async def try_case(
    hotline: Hotline, case: Case, enough: Sequence[tuple[AgentAccount, Phone]]
) -> Tried:
    """Try one case; `enough` are the agents logged in unless the case names its own."""
    spec = case.spec
    hotline = arranged(hotline, spec.begin, spec.hours, spec.knows)
    center = hotline.center
    names = Names(hotline.wording)
    caller = Dialogue(spec.talk, names)
    outside = Played(spec.lookups, gateway_works=spec.gateways == "work")
    hall = Hall(
        hotline,
        enough if spec.agents is None else _agents(spec, center),
        at=spec.at.replace(tzinfo=center.zone),
        numbers=phones(center, spec.numbers),
        outside=outside,
        hearing=listening(hotline, spec.hears),
    )
    hall.box.full = spec.messages == "fail"
    for name, desk in (spec.agents or {}).items():
        if desk.leaves is not None:
            asyncio.get_running_loop().call_later(desk.leaves, hall.desk.log_out, name)
    number = example_number(center) if spec.from_ is None else spec.from_
    profile = _profile(spec, number, center)
    try:
        trial = await hall.call(number, caller, profile=profile)
    finally:
        hall.close()
    return Tried(case, trial, tuple(_judge(case, trial, caller, hotline, names)))


def arranged(
    hotline: Hotline,
    begin: str | None,
    hours: Mapping[str, str],
    knows: Mapping[str, str] | None = None,
) -> Hotline:
    """The hotline with hours that are always or never open, or begun elsewhere without its rules.

    Begun there, the variables of `knows` hold these texts: a step of its own sets them first.
    """
    center = hotline.center
    if hours:
        said = {name: ALWAYS if state == "open" else NEVER for name, state in hours.items()}
        center = center.model_copy(update={"hours": {**center.hours, **said}})
    if begin is not None or knows:
        begin = begin or center.center.entry
        place = hotline.place(begin)
        if knows and place is not None:
            flow = hotline.flows[place.flow]
            given = {name: json.dumps(text, ensure_ascii=False) for name, text in knows.items()}
            first = Set.model_validate({"set": given, "next": place.step})
            flow = replace(flow, steps={**flow.steps, GIVEN: first})
            hotline = replace(hotline, flows={**hotline.flows, place.flow: flow})
            begin = f"{place.flow}.{GIVEN}"
        identity = center.center.model_copy(update={"entry": begin})
        center = center.model_copy(update={"center": identity, "rules": ()})
    return replace(hotline, center=center)


def listening(hotline: Hotline, hears: Sequence[str] | None) -> Understanding:
    """What understands callers in the languages that are heard: those with an intents file."""
    intents = hotline.intents
    return Understanding(intents, intents.examples.keys() if hears is None else hears)


def example_number(center: Center) -> str:
    """A mobile number of the hotline's own country that belongs to nobody."""
    example = phonenumbers.example_number_for_type(
        center.center.country, phonenumbers.PhoneNumberType.MOBILE
    )
    if example is None:
        return ""
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)


def phones(center: Center, said: Mapping[str, Phone]) -> dict[str, Phone]:
    """What each outside number does: it answers unless something else is said of its name."""
    answers = Answers(after=3.0, talks=60.0)
    return {number: said.get(name, answers) for name, number in center.numbers.items()}


def _agents(spec: CallCase, center: Center) -> Iterator[tuple[AgentAccount, Phone]]:
    for name, desk in (spec.agents or {}).items():
        phone = desk.phone
        if isinstance(phone, Answers):
            phone = replace(phone, talks=desk.talks)
        language = desk.language or center.language
        yield AgentAccount(name, name, language, desk.skills, logged_in=True), phone


def _profile(spec: CallCase, number: str, center: Center) -> Profile | None:
    who = spec.caller
    calling = parse_number(number, center.center.country).number
    if calling is None or not (who.name or who.born or who.languages or who.tier):
        return None
    return Profile(calling, who.name, who.born, who.languages, who.tier)


# -- judging ---------------------------------------------------------------------------------------


def _judge(
    case: Case, trial: Trial, caller: Dialogue, hotline: Hotline, names: Names
) -> Iterator[Problem]:
    spec = case.spec
    heard = [names.of(one.spoken) or one.spoken.text for one in trial.line.heard]
    if (index := caller.missing) is not None:
        turn = spec.talk[index]
        if isinstance(turn, Hears):
            texts = [one.spoken.text for one in trial.line.heard]
            were = _listed(heard if turn.is_name else texts)
            message = f'"{turn.what}" was not heard; heard were {were}'
            yield case.problem(message, "talk", index, "hear")
        else:
            message = (
                "the call was over before this; it ended in " + (trial.steps() or ["no step"])[-1]
            )
            yield case.problem(message, "talk", index)
    for index, name in enumerate(spec.never_hear):
        if name in heard:
            yield case.problem(f'"{name}" was heard, but must not be', "never_hear", index)
    whispered = [names.of(spoken) or spoken.text for spoken in trial.line.whispered]
    for index, name in enumerate(spec.agent_hears):
        if name not in whispered:
            message = f'the agent did not hear "{name}"; heard were {_listed(whispered)}'
            yield case.problem(message, "agent_hears", index)
    yield from _judge_sets(case, trial, hotline)
    yield from _judge_end(case, trial)
    stated = _stated_failures(spec)
    for event in trial.all("trouble"):
        if str(event.data["text"]).startswith(stated):
            continue
        yield case.problem(f"there was trouble in the call: {event.data['text']}", "call")


def _stated_failures(spec: CallCase) -> tuple[str, ...]:
    """How the troubles begin that a case asks for (`ivr.flow.conversation` words them)."""
    fails = [name for name, answer in spec.lookups.items() if answer == "fails"]
    gateways = ["the sms was not taken", "the ticket was not taken"]
    return (
        *(f"the lookup {name} failed:" for name in fails),
        *(gateways if spec.gateways == "fail" else ()),
        *(["there is no room for what callers say"] if spec.messages == "fail" else ()),
    )


def _judge_sets(case: Case, trial: Trial, hotline: Hotline) -> Iterator[Problem]:
    values = _set_in(trial, hotline)
    for name, expected in case.spec.sets.items():
        found = values.get(name)
        if found is None:
            yield case.problem(f'"{name}" was not set', "sets", name, key=True)
        elif str(found) != expected:
            yield case.problem(f'"{name}" was set to "{found}"', "sets", name)


def _set_in(trial: Trial, hotline: Hotline) -> dict[str, object]:
    """The variables that steps set, and the scores of surveys, which are in the record too."""
    values: dict[str, object] = {}
    step: object = None
    for event in trial.events:
        match event.kind:
            case "step":
                step = hotline.step(Place(str(event.data["flow"]), str(event.data["step"])))
            case "set":
                values[str(event.data["name"])] = event.data["value"]
            case "survey" if isinstance(step, Survey):
                values[step.into] = event.data["score"]
    return values


def _judge_end(case: Case, trial: Trial) -> Iterator[Problem]:
    ends, summary = case.spec.ends, trial.summary
    joined = [event.data.get("agent") or event.data.get("to") for event in trial.all("joined")]
    steps = trial.steps()
    for field, expected, found in (
        ("outcome", ends.outcome, summary.outcome),
        ("with", ends.with_, joined[-1] if joined else "nobody"),
        ("queue", ends.queue, summary.queue or "no queue"),
        ("step", ends.step, steps[-1] if steps else "no step at all"),
    ):
        if expected is not None and found != expected:
            what = "" if field == "with" else f"{field} "
            yield case.problem(f'the call ended with {what}"{found}"', "ends", field)
    if ends.callback is not None:
        asked = [event.data["queue"] for event in trial.all("callback_asked")]
        if ends.callback not in asked:
            found = f'for the queue "{asked[-1]}"' if asked else "by nobody"
            yield case.problem(f"a callback was asked {found}", "ends", "callback")
    if ends.message is not None:
        left = [float(str(e.data["seconds"])) for e in trial.all("message") if e.data["kept"]]
        if max(left, default=0.0) < ends.message:
            message = f"a message of {left[-1]:.1f} s was left" if left else "no message was left"
            yield case.problem(message, "ends", "message")
    if ends.within is not None and trial.seconds() > ends.within:
        what = "somebody answered" if joined else "the call was over"
        yield case.problem(f"{what} only after {trial.seconds():.1f} s", "ends", "within")
    if (trial.events[-1].at - trial.events[0].at).total_seconds() >= LONGEST:
        yield case.problem(f"the call still went on after {LONGEST / 60:.0f} minutes", "call")


def _listed(heard: Sequence[str]) -> str:
    return ", ".join(f'"{one}"' for one in heard) or "nothing"
