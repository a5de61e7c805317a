"""careline agents: who answers, what they can do, and whether they are at their phones."""

import json
import secrets
from dataclasses import replace
from typing import Annotated

import typer
from rich.table import Table

from ivr.agent import AgentAccount
from ivr.cli.context import console, database, settings
from ivr.errors import BadInput
from ivr.store.database import Database
from ivr.switch import agents as phones

app = typer.Typer(no_args_is_help=True)
Who = Annotated[str, typer.Argument(help="The agent's name, which is also the phone's user.")]
Skills = Annotated[
    list[str] | None,
    typer.Option("--skill", "-s", help="A skill with its level, such as ru=4; may be repeated."),
]


def read_skills(given: list[str]) -> dict[str, int]:
    """`["ru=4", "cards"]` as levels by skill; 3 where no level is given. Raises `BadInput`."""
    skills = {}
    for item in given:
        name, _, level = item.partition("=")
        if level not in ("", "1", "2", "3", "4", "5") or not name:
            raise BadInput(f'"{item}" is not a skill; write its name and a level from 1 to 5: ru=4')
        skills[name] = int(level or 3)
    return skills


@app.command()
def add(
    name: Who,
    skill: Skills = None,
    display: Annotated[str, typer.Option(help="The name people read.")] = "",
    language: Annotated[str, typer.Option(help="The language the agent is spoken to in.")] = "zh",
) -> None:
    """Add an agent with a phone of its own, and print what the phone must be set to."""
    account = AgentAccount(
        name, display or name, language, read_skills(skill or []), secrets.token_urlsafe(12)
    )
    with database() as db:
        db.agents.add(account)
        _tell_switch(db)
    console.print(f"Phone of {name}: SIP user {name}, password {account.phone_secret}")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Print every agent with skills and state."""
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
        console.print_json(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("agent", "name", "language", "skills", "state")
    for a in agents:
        skills = ", ".join(f"{skill} {level}" for skill, level in a.skills.items())
        state = "logged out" if not a.logged_in else f"paused: {a.paused}" if a.paused else "ready"
        table.add_row(a.name, a.display, a.language, skills, state)
    console.print(table)


@app.command()
def skill(name: Who, skill: Skills = None) -> None:
    """Set an agent's skills; those not named are taken away."""
    with database() as db:
        _change(db, name, skills=read_skills(skill or []))


@app.command()
def ready(name: Who) -> None:
    """Log an agent in, or end a pause."""
    with database() as db:
        _change(db, name, logged_in=True, paused=None)


@app.command()
def logout(name: Who) -> None:
    """Log an agent out, after the talk if one is under way."""
    with database() as db:
        _change(db, name, logged_in=False, paused=None)


@app.command()
def pause(name: Who, reason: Annotated[str, typer.Argument()] = "break") -> None:
    """Give an agent no more calls, after the talk if one is under way."""
    with database() as db:
        _change(db, name, paused=reason)


@app.command()
def resume(name: Who) -> None:
    """End an agent's pause."""
    with database() as db:
        _change(db, name, paused=None)


@app.command()
def remove(name: Who) -> None:
    """Remove an agent and the phone."""
    with database() as db:
        db.agents.remove(name)
        _tell_switch(db)


def _change(db: Database, name: str, **changes: object) -> None:
    """Keep the change; a running engine looks at the agents every half second."""
    db.agents.save(replace(db.agents.get(name), **changes))  # type: ignore[arg-type]


def _tell_switch(db: Database) -> None:
    chosen = settings()
    address = phones.Address(chosen.ami_host, chosen.ami_port)
    if not phones.apply(chosen.home, db.agents.list(), address):
        console.print("The switch is not running; it will know the phones when it starts.")
