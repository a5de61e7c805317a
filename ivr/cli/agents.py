"""careline agents: who answers, what they can do, and whether they are at their phones."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from ivr.agent import AgentAccount
from ivr.cli.context import console, database, say, settings
from ivr.cli.outside import outside
from ivr.cli.person import who
from ivr.cli.place import identity, skills
from ivr.errors import BadInput
from ivr.flow.problem import did_you_mean
from ivr.store.database import Database
from ivr.switch import agents as phones
from ivr.switch import configure, instance, wiring

app = typer.Typer(
    no_args_is_help=True,
    help="The agents: their skills, their phones, and whether they are at work.",
)
Who = Annotated[str, typer.Argument(help="The agent's name, which is also the phone's user.")]
Skills = Annotated[
    list[str] | None,
    typer.Option(
        "--skill", "-s", help="A skill with its level from 1 to 5, such as ru=4; may be repeated."
    ),
]


def read_skills(given: list[str], known: dict[str, str]) -> dict[str, int]:
    """`["ru=4", "cards"]` as levels by skill; 3 where no level is given. Raises `BadInput`."""
    levels = {}
    for item in given:
        name, _, level = item.partition("=")
        if level not in ("", "1", "2", "3", "4", "5") or not name:
            raise BadInput(
                f'"{item}" is not a skill; write its name and a level from 1 to 5, such as ru=4.'
            )
        if name not in known:
            raise BadInput(f'There is no skill "{name}" in center.yaml{did_you_mean(name, known)}')
        levels[name] = int(level or 3)
    return levels


@app.command()
def add(
    name: Who,
    skill: Skills = None,
    display: Annotated[str, typer.Option(help="The name people read.")] = "",
    language: Annotated[
        str | None,
        typer.Option(help="What the agent is spoken to in; else the hotline's first language."),
    ] = None,
) -> None:
    """Add an agent with a phone of its own, and print what the phone must be set to."""
    levels, languages = read_skills(skill or [], skills()), identity().languages
    if language is not None and language not in languages:
        raise BadInput(
            f'"{language}" is no language of this hotline{did_you_mean(language, languages)}'
        )
    account = AgentAccount(name, display or name, language or languages[0], levels, _new_password())
    configure.checked([account])
    with database() as db:
        db.agents.add(account)
        _write_down(db, "agent added", name, skills=_as_text(levels))
        _print_phone(account)
        _tell_switch(db)
    if not levels:
        say(f"{name} has no skill yet: careline agents skill {name} --skill {languages[0]}=3")


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a program.")] = False,
) -> None:
    """List every agent with skills and state."""
    with database() as db:
        agents = db.agents.list()
    if as_json:
        rows = [
            {
                "name": a.name,
                "display": a.display,
                "language": a.language,
                "skills": dict(a.skills),
                "logged_in": a.logged_in,
                "paused": a.paused,
            }
            for a in agents
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    if not agents:
        say("There are no agents; `careline agents add NAME --skill zh=3` adds one.")
        return
    table = Table("agent", "name", "language", "skills", "state", box=None, header_style="dim")
    for a in agents:
        levels = ", ".join(f"{name} {level}" for name, level in a.skills.items())
        cells = (a.name, a.display, a.language, levels, state(a))
        table.add_row(*map(outside, cells))
    console.print(table)


@app.command()
def phone(
    name: Who,
    new_password: Annotated[
        bool, typer.Option("--new-password", help="Make a new one; the old one is void then.")
    ] = False,
) -> None:
    """Print what an agent's phone must be set to."""
    with database() as db:
        account = db.agents.get(name)
        if new_password:
            account = replace(account, phone_secret=_new_password())
            db.agents.save(account)
        act = "phone password changed" if new_password else "phone password shown"
        _write_down(db, act, name)
        _print_phone(account)
        if new_password:
            _tell_switch(db)


@app.command()
def skill(name: Who, skill: Skills = None) -> None:
    """Set an agent's skills; those not named are taken away."""
    levels = read_skills(skill or [], skills())
    account = _change(name, "skills set", {"skills": _as_text(levels)}, skills=levels)
    named = ", ".join(f"{skill} {level}" for skill, level in account.skills.items())
    say(f"{name} has {named or 'no skill'} now.")


@app.command()
def ready(name: Who) -> None:
    """Log an agent in, or end a pause."""
    _tell_state(_change(name, "logged in", logged_in=True, paused=None))


@app.command()
def logout(name: Who) -> None:
    """Log an agent out, after the talk if one is under way."""
    _tell_state(_change(name, "logged out", logged_in=False, paused=None))


@app.command()
def pause(
    name: Who,
    reason: Annotated[str, typer.Argument(help="Why, for others to read.")] = "break",
) -> None:
    """Give an agent no more calls, after the talk if one is under way."""
    if not reason.strip() or not reason.isprintable() or len(reason) > 60:
        raise BadInput("A pause needs a reason of at most 60 characters, such as lunch.")
    why = reason.strip()
    _tell_state(_change(name, "paused", {"reason": why}, paused=why))


@app.command()
def resume(name: Who) -> None:
    """End an agent's pause."""
    account = _change(name, "resumed", paused=None)
    _tell_state(account)
    if not account.logged_in:
        say(f"To log in: *45 on the phone, or careline agents ready {name}")


@app.command()
def remove(name: Who) -> None:
    """Remove an agent and the phone; the records of the agent's calls stay."""
    with database() as db:
        db.agents.remove(name)
        _write_down(db, "agent removed", name)
        say(f"{name} is no agent any more.")
        _tell_switch(db)


def state(agent: AgentAccount) -> str:
    """What an agent does, as a word or two."""
    if not agent.logged_in:
        return "logged out"
    return f"paused: {agent.paused}" if agent.paused else "ready"


def _change(
    name: str, act: str, told: Mapping[str, str] | None = None, **changes: object
) -> AgentAccount:
    """Keep the change; a running engine looks at the agents every half second."""
    with database() as db:
        account = replace(db.agents.get(name), **changes)  # type: ignore[arg-type]
        db.agents.save(account)
        _write_down(db, act, name, **(told or {}))
    return account


def _write_down(db: Database, act: str, name: str, **data: str) -> None:
    db.audit.add(datetime.now(UTC), who(), act, f"agent {name}", data)


def _as_text(levels: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {level}" for name, level in sorted(levels.items()))


def _tell_state(account: AgentAccount) -> None:
    say(f"{account.name} is {state(account)}.")


def _new_password() -> str:
    return secrets.token_urlsafe(12)


def _print_phone(account: AgentAccount) -> None:
    kept = wiring.read(settings().home)
    wired = kept.wiring if kept else configure.Wiring()
    if kept and kept.etc:
        say(f"server    that of the switch configured in {kept.etc}")
    else:
        everywhere = wired.sip_address == configure.ANYWHERE
        address = "this machine" if everywhere else wired.sip_address
        say(f"server    {address}, UDP port {wired.sip_port}")
    say(f"user      {account.name}")
    say(f"password  {account.phone_secret}")
    say(
        "codes     *45 logs in, *46 out, *47 pauses, *48 is ready again, *49 asks for a longer wrap-up"
    )


def _tell_switch(db: Database) -> None:
    chosen = settings()
    kept = wiring.read(chosen.home)
    etc = kept.etc if kept and kept.etc else instance.hotline(chosen.home).etc
    if not etc.is_dir():
        say("The switch is not configured yet; `careline switch configure` tells it of the phones.")
        return
    address = phones.Address(chosen.ami_host, chosen.ami_port)
    if not phones.apply(chosen.home, db.agents.list(), address, etc):
        say("The switch is not running; it will know the phones when it starts.")
