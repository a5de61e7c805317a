"""careline callers: the people the hotline knows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ivr.archive import Archive
from ivr.caller import Profile, age_on, mask, parse_number
from ivr.cli.context import console, database, say, settings
from ivr.cli.outside import harmless, outside
from ivr.cli.person import who
from ivr.cli.place import identity, today
from ivr.errors import BadInput, NotFound
from ivr.messages import FOLDER
from ivr.messages import forget as forget_messages
from ivr.outside import handed_over
from ivr.store import Database, profile_fields
from ivr.store.callers import GoodRow, ImportReport, Row
from ivr.store.callers_file import CallersFile
from ivr.tongues import guess_language
from recordings.shelf import Shelf

app = typer.Typer(no_args_is_help=True, help="The people the hotline knows, by their number.")

Number = Annotated[str, typer.Argument(help="The number they call from, national or with +.")]


class OnBad(StrEnum):
    """What becomes of an import with bad rows."""

    SKIP = "skip"
    REFUSE = "refuse"


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file with a heading line.")],
    bad: Annotated[
        OnBad, typer.Option(help="With bad rows: import nothing, or import the others.")
    ] = OnBad.REFUSE,
    encoding: Annotated[str, typer.Option(help="The file's encoding: utf-8, gb18030, …")] = "utf-8",
) -> None:
    """Import callers from a CSV file.

    Its columns are number, name, birth, languages, tier, notes and preferred_agent. Only the number
    must be there. What a row leaves empty stays as it was.
    """
    center = identity()
    callers_file = CallersFile.open(file, encoding)
    with database() as opened:
        report, preferred = _import(opened, callers_file, bad, center.country, today(center))
        unknown = _no_agents(opened, preferred)
    for row in report.bad:
        typer.echo(harmless(f"{file.name}, line {row.line}: {row.problem}"), err=True)
    typer.echo(_summary(report), err=report.refused)
    if unknown and not report.refused:
        say(f"No agent is named {', '.join(unknown)} yet, whom some of them prefer.", "yellow")
    if report.refused:
        raise typer.Exit(1)


def _import(
    opened: Database, callers_file: CallersFile, bad: OnBad, country: str, day: date
) -> tuple[ImportReport, set[str]]:
    """Import the file and show how far it is. With the report, the agents that callers prefer."""
    preferred: set[str] = set()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    terminal = Console(stderr=True)
    with Progress(*columns, console=terminal, disable=not terminal.is_terminal) as progress:
        reading = progress.add_task("lines read", total=callers_file.lines)

        def watched() -> Iterator[Row]:
            for row in callers_file.rows(country, day):
                if row.line % 500 == 0:
                    progress.update(reading, completed=row.line)
                if isinstance(row, GoodRow) and row.profile.preferred_agent:
                    preferred.add(row.profile.preferred_agent)
                yield row
            progress.update(reading, completed=callers_file.lines)

        return opened.callers.import_rows(watched(), bad.value), preferred


def _no_agents(opened: Database, names: set[str]) -> list[str]:
    return sorted(names - {agent.name for agent in opened.agents.list()}) if names else []


def _summary(report: ImportReport) -> str:
    if report.refused:
        return (
            f"Nothing was imported: {len(report.bad)} of {report.read} rows are bad. "
            "Mend them, or import the others with --bad skip."
        )
    skipped = f", {len(report.bad)} bad and skipped" if report.bad else ""
    return (
        f"{report.read} rows read: {report.added} added, {report.changed} changed, "
        f"{report.unchanged} unchanged{skipped}."
    )


@app.command()
def show(number: Number) -> None:
    """Show what the hotline knows of a person."""
    center = identity()
    key = profile_fields.number(number, center.country)
    with database() as opened:
        profile = opened.callers.find(key)
    if profile is None:
        country = parse_number(key, center.country).country
        language = guess_language(country, center.languages, center.country)
        raise NotFound(f"Nobody is known under {key}; they would be spoken to in {language}.")
    console.print(_card(profile, today(center)))


def _card(profile: Profile, day: date) -> Table:
    born = profile.birth
    age = f"{born.isoformat()} (aged {age_on(born, day)})" if born and born <= day else ""
    card = Table.grid(padding=(0, 2))
    for label, value in {
        "number": profile.number,
        "name": profile.name,
        "birth": age,
        "languages": " ".join(profile.languages),
        "tier": profile.tier,
        "notes": profile.notes,
        "preferred agent": profile.preferred_agent or "",
    }.items():
        card.add_row(outside(label, "dim"), outside(value or "–"))
    return card


@app.command("set")
def set_(
    number: Number,
    name: Annotated[str | None, typer.Option(help="Whose number it is.")] = None,
    birth: Annotated[
        str | None, typer.Option(help="The date of birth, such as 1950-03-07.")
    ] = None,
    languages: Annotated[
        str | None, typer.Option(help='What they speak, the preferred first, such as "zh en".')
    ] = None,
    tier: Annotated[
        str | None, typer.Option(help="A word that flows may ask for, such as gold.")
    ] = None,
    notes: Annotated[str | None, typer.Option(help="Anything else.")] = None,
    preferred_agent: Annotated[
        str | None, typer.Option(help="The name of the agent who is asked first.")
    ] = None,
) -> None:
    """Add a person, or change what is given; an empty value ("") clears a field."""
    given = (name, birth, languages, tier, notes, preferred_agent)
    if all(value is None for value in given):
        raise BadInput("Nothing was given to set, such as --name or --birth; see --help.")
    center = identity()
    day = today(center)
    key = profile_fields.number(number, center.country)
    with database() as opened:
        known = opened.callers.find(key)
        profile = known or Profile(key)
        if name is not None:
            profile = replace(profile, name=profile_fields.plain("name", name))
        if birth is not None:
            profile = replace(profile, birth=profile_fields.birth(birth, day))
        if languages is not None:
            profile = replace(profile, languages=profile_fields.languages(languages))
        if tier is not None:
            profile = replace(profile, tier=profile_fields.plain("tier", tier))
        if notes is not None:
            profile = replace(profile, notes=profile_fields.plain("notes", notes))
        if preferred_agent is not None:
            agent = profile_fields.preferred_agent(preferred_agent)
            profile = replace(profile, preferred_agent=agent)
        opened.callers.save(profile)
        unknown = _no_agents(opened, {preferred_agent} if preferred_agent else set())
    typer.echo("Changed." if known else "Added.")
    console.print(_card(profile, day))
    if unknown:
        say(f"No agent is named {preferred_agent} yet.", "yellow")


@app.command()
def forget(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person everywhere, call records included; the statistics stay."""
    key = profile_fields.number(number, identity().country)
    if not yes:
        typer.confirm(f"Erase {key} and all that their calls tell of them, for good?", abort=True)
    with database() as opened:
        var = settings().var
        forget_messages(opened.messages.of(key), var / FOLDER)
        handed = handed_over.forget(var, key, opened.callers.calls(key))
        shelf = Shelf.under(settings().var)
        archive = Archive(opened, shelf, who(), lambda: datetime.now(UTC))
        talks, held = archive.forget(key)
        report = opened.callers.forget(key)
        done = {"calls": str(report.calls), "recordings": str(talks), "held": str(held)}
        opened.audit.add(datetime.now(UTC), who(), "forgotten", mask(key), done)
    if not any((report.profile, report.calls, report.messages, handed)):
        typer.echo(f"Nothing was stored about {mask(key)}.")
        return
    profile = "the profile" if report.profile else "no profile"
    typer.echo(
        f"Erased of {mask(key)}: {profile}; number, name and reasons in {report.calls} calls; "
        f"what was keyed or said in {report.events} of their events; {report.messages} messages; "
        f"{talks} recordings; {handed} SMS and tickets that lay in files. "
        "When, how long, by whom and with what outcome they were served is kept as statistics."
    )
    if held:
        say(
            f"{held} recordings are held and stay: `careline recordings list` says for what.",
            "yellow",
        )
