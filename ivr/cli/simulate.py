"""careline simulate: a call in the terminal, with keys and words typed; time passes at Enter."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import phonenumbers
import typer
from rich.markup import escape

from ivr.agent import AgentAccount
from ivr.caller import Profile, parse_number
from ivr.cli.context import console, database, require_flows, settings
from ivr.cli.keyboard import Keyboard
from ivr.cli.outside import outside
from ivr.errors import BadInput
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.turns import Turn
from ivr.line.far_end import Answers, Phone
from ivr.line.virtual_time import run
from ivr.settings import Settings
from ivr.trial.case import arranged, example_number, listening, phones
from ivr.trial.dialogue import Names
from ivr.trial.hall import Hall, Trial, enough_agents
from ivr.trial.saved import as_case, save

Staff = Sequence[tuple[AgentAccount, Phone]]


def simulate(
    flow: Annotated[
        str | None, typer.Argument(help="A flow or flow.step to begin at, without the rules.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="NUMBER", help="Who rings.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help='"2026-11-18 10:00", or 23:30 for today.')
    ] = None,
    born: Annotated[str | None, typer.Option(help="The caller's day of birth.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="A language the caller has.")] = None,
    tier: Annotated[str, typer.Option(help="The caller's tier.")] = "",
    agents: Annotated[
        bool, typer.Option("--agents", help="The agents of the store who are logged in, no others.")
    ] = False,
    why: Annotated[bool, typer.Option("--why", help="Show the reason for every agent.")] = False,
    save_to: Annotated[
        str | None, typer.Option("--save", metavar="FILE", help="Add the call to FILE.calls.yaml.")
    ] = None,
    call: Annotated[
        str | None, typer.Option("--as", metavar="SENTENCE", help="What the saved call is called.")
    ] = None,
) -> None:
    """Try a call: read what would be heard, type keys or words, and see what is decided and why.

    What is no key is what the caller says; a question mark alone is a sound without words. Time
    passes only when you press Enter.
    """
    chosen = settings()
    require_flows(chosen)
    hotline = load(chosen.flows)
    if flow is not None and hotline.place(flow) is None:
        known = ", ".join(sorted(hotline.flows))
        raise BadInput(f'there is no flow or step "{flow[:40]}"; the flows are {known}')
    zone = hotline.center.zone
    begins = parse_at(at, datetime.now(UTC), zone)
    number = from_ if from_ is not None else example_number(hotline.center)
    profile = _given(number, born, language or [], tier, hotline)
    is_stored = False
    if profile is None and from_ is not None and _has_store(chosen):
        profile = _stored(number, hotline)
        is_stored = profile is not None
    staff = _logged_in() if agents else enough_agents(hotline)
    tried = arranged(hotline, flow, {})
    trial, turns = run(_call(tried, staff, number, profile, begins, why=why))
    _tell_end(trial)
    if save_to is None:
        return
    if is_stored and profile is not None:
        number, profile = _nobodys(profile, hotline)
    path = calls_file(save_to, chosen.flows)
    case = as_case(
        trial,
        turns,
        number=number,
        at=begins.astimezone(zone),
        begin=flow,
        profile=profile,
        agents=[account for account, _ in staff] if agents else None,
        call=call,
    )
    save(path, case, hotline)
    console.print(f"The call is now a test in {path}; `careline test` tries it.")


def parse_at(text: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """When the call comes in: a time of today, or a date and time, where the hotline is."""
    here = now.astimezone(zone).replace(microsecond=0)
    if text is None:
        return here
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text):
            return datetime.combine(here.date(), time.fromisoformat(text.zfill(5)), zone)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f'--at: found "{text[:40]}"; expected a time such as 23:30 or "2026-11-18 10:00"'
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def calls_file(name: str, flows: Path) -> Path:
    """The file a call is saved to: a bare name is one beside the flows."""
    name = name.removesuffix(".yaml").removesuffix(".calls") + ".calls.yaml"
    path = Path(name)
    return path if path.parent != Path() else flows / path


async def _call(
    hotline: Hotline,
    staff: Staff,
    number: str,
    profile: Profile | None,
    at: datetime,
    *,
    why: bool,
) -> tuple[Trial, list[Turn]]:
    hall = Hall(
        hotline,
        staff,
        at=at,
        numbers=phones(hotline.center, {}),
        hearing=listening(hotline, None),
    )
    keyboard = Keyboard(hotline, Names(hotline.wording), hall.now, console, why=why)
    try:
        trial = await hall.call(number, keyboard, profile=profile, watch=keyboard.happened)
    finally:
        hall.close()
    return trial, keyboard.turns


def _given(
    number: str, born: str | None, languages: list[str], tier: str, hotline: Hotline
) -> Profile | None:
    if not (born or languages or tier):
        return None
    calling = parse_number(number, hotline.center.center.country).number
    if calling is None:
        raise BadInput("--from: a caller who is known needs a number that can be read as one")
    try:
        birth = date.fromisoformat(born) if born else None
    except ValueError:
        raise BadInput(f'--born: found "{born}"; expected a date such as 1954-03-02') from None
    return Profile(calling, "", birth, tuple(languages), tier)


def _has_store(chosen: Settings) -> bool:
    return chosen.database_url is not None or (chosen.var / "careline.db").is_file()


def _stored(number: str, hotline: Hotline) -> Profile | None:
    calling = parse_number(number, hotline.center.center.country).number
    if calling is None:
        return None
    with database() as opened:
        return opened.callers.find(calling)


def _logged_in() -> Staff:
    with database() as opened:
        accounts = [account for account in opened.agents.list() if account.logged_in]
    return [(account, Answers(after=3.0, talks=60.0)) for account in accounts]


def _nobodys(profile: Profile, hotline: Hotline) -> tuple[str, Profile]:
    """A number of the same country that belongs to nobody, and the profile without its person.

    A file of tests is passed around; no customer may stand in it.
    """
    country = parse_number(profile.number, hotline.center.center.country).country
    kind = phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(country, kind) if country else None
    number = example_number(hotline.center)
    if example is not None:
        number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    return number, replace(profile, number=number, name="", notes="", preferred_agent=None)


def _tell_end(trial: Trial) -> None:
    lasted = (trial.events[-1].at - trial.events[0].at).total_seconds()
    summary = trial.summary
    with_ = f" by {summary.agent}" if summary.agent else ""
    console.print(f"[bold]{escape(summary.outcome)}[/]{with_}, after {lasted:.0f} s in all")
    for spoken in trial.line.whispered:
        console.print("whispered to the agent:", outside(spoken.text))
