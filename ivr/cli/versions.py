"""careline versions and diff: what was published when, by whom, why, and what it changed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ivr.cli.context import console, database, say, settings
from ivr.cli.outside import outside
from ivr.cli.place import zone
from ivr.errors import BadInput, CarelineError
from ivr.flow.files import FlowFiles
from ivr.store.versions import Version, Versions

_STYLES = {"+": "green", "-": "red", "@": "cyan"}
ON_DISK = "flows"  # what a diff calls the files that are not published


def versions(
    number: Annotated[int | None, typer.Argument(help="tell all of this one")] = None,
    into: Annotated[
        Path | None, typer.Option(help="write the files of version NUMBER into this new folder")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="for a program")] = False,
) -> None:
    """List the published versions, the live one first; or tell one, with what it changed."""
    with database() as db:
        if into is not None:
            _write(db.versions, number, into)
            return
        found = db.versions.list() if number is None else [db.versions.get(number)]
        live = db.versions.latest()
    if as_json:
        rows = [{**asdict(one), "live": one.number == live} for one in found]
        typer.echo(json.dumps(rows, indent=2, default=datetime.isoformat))
    elif number is not None:
        say(_head(found[0], _here(), found[0].number == live))
        print_diff(found[0].diff)
    elif found:
        console.print(_listing(found, _here()))
    else:
        say("No version is published yet; `careline publish` or `careline serve` does it.")


def diff(
    a: Annotated[
        int | None, typer.Argument(help="a version; the live one if none is given")
    ] = None,
    b: Annotated[
        int | None, typer.Argument(help="a version; the files in flows/ if none is given")
    ] = None,
) -> None:
    """Show what changed from version A to version B, or to the files in flows/."""
    with database() as db:
        first = a if a is not None else db.versions.latest()
        if first is None:
            raise BadInput("No version is published yet, so there is nothing to compare with.")
        old = db.versions.files(first)
        new = FlowFiles.read(settings().flows) if b is None else db.versions.files(b)
    changes = old.diff(new, f"version {first}", ON_DISK if b is None else f"version {b}")
    if changes:
        print_diff(changes)
    else:
        say("There is no difference.")


def print_diff(changes: str) -> None:
    """Print a unified diff; nothing in it acts on the terminal."""
    for line in changes.removesuffix("\n").split("\n") if changes else ():
        bold = line.startswith(("--- ", "+++ "))
        style = "bold" if bold else _STYLES.get(line[:1], "")
        say(line.removesuffix("\r"), style)


def _write(store: Versions, number: int | None, into: Path) -> None:
    if number is None:
        raise BadInput("--into: say which version, such as `careline versions 7 --into old`.")
    if into.exists():
        raise BadInput(f"--into: {into} exists already; expected the name of a new folder.")
    files = store.files(number)
    try:
        files.write(into)
    except OSError as error:
        raise BadInput(f"--into: {into} cannot be written: {error.strerror}.") from error
    say(f"The {len(files.texts)} files of version {number} are in {into}.")


def _listing(found: Sequence[Version], here: tzinfo) -> Table:
    table = Table(box=None, header_style="dim")
    for heading in ("version", "published", "by", "files", "lines", "why"):
        table.add_column(heading, justify="right" if heading in ("version", "files") else "left")
    for place, one in enumerate(found):
        files, added, removed = _size(one.diff)
        cells = (
            f"{'live ' if place == 0 else ''}{one.number}",
            f"{one.at.astimezone(here):%Y-%m-%d %H:%M}",
            one.who,
            str(files),
            f"+{added} -{removed}",
            one.why,
        )
        table.add_row(*(outside(cell, "bold" if place == 0 else "") for cell in cells))
    return table


def _head(one: Version, here: tzinfo, live: bool) -> str:
    why = f": {one.why}" if one.why else ""
    state = ", which is live" if live else ""
    return (
        f"Version {one.number}{state}, was published by {one.who} on "
        f"{one.at.astimezone(here):%Y-%m-%d %H:%M:%S %Z}{why}"
    )


def _size(changes: str) -> tuple[int, int, int]:
    """How many files and lines a diff is about."""
    bodies = list(_bodies(changes))
    signs = [line[:1] for line in bodies]
    files = sum(line.startswith("+++ ") for line in changes.split("\n"))
    return files, signs.count("+"), signs.count("-")


def _bodies(changes: str) -> Iterator[str]:
    return (
        line
        for line in changes.split("\n")
        if line[:1] in ("+", "-") and not line.startswith(("+++ ", "--- "))
    )


def _here() -> tzinfo:
    """The hotline's time zone; UTC while nothing can tell."""
    try:
        return zone()
    except CarelineError:
        return UTC
