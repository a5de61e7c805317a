"""careline messages: what callers left, listened to and dealt with."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ivr.caller import mask
from ivr.cli import player
from ivr.cli.context import console, database, say, settings
from ivr.cli.copies import free_place, write_new
from ivr.cli.outside import outside
from ivr.cli.person import who
from ivr.cli.place import zone
from ivr.messages import FOLDER, opened
from ivr.record import Message
from ivr.store import Database
from recordings.shelf import SEALED

app = typer.Typer(no_args_is_help=True, help="The messages that callers left.")

Id = Annotated[int, typer.Argument(metavar="ID", help="As `careline messages list` shows it.")]


@app.command("list")
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is done, and recordings made for flows.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a program.")] = False,
) -> None:
    """List the messages that wait for somebody, the oldest first, numbers masked."""
    with database() as store:
        found = store.messages.list(all_of_them=everything)
    if as_json:
        typer.echo(json.dumps([_masked(one) for one in found], indent=2, ensure_ascii=False))
    elif found:
        console.print(_listing(found))
    else:
        typer.echo("There are no messages." if everything else "No message waits for anybody.")


@app.command()
def play(message: Id) -> None:
    """Play a message, and show from whom it is."""
    with database() as store:
        found, content = _found(store, message)
        store.messages.accessed(message, "played", who(), datetime.now(UTC))
    caller = found.number or "a number that was withheld"
    say(f"From {caller}, in {found.language or 'a language not known'}, {_when(found)}.")
    if not player.play_content(content, settings().var):
        say(
            f"No player was found here (of {player.names()}); "
            "`careline messages export` makes a WAV file to be played elsewhere.",
            "yellow",
        )


@app.command()
def export(
    message: Id,
    file: Annotated[
        Path | None, typer.Argument(help="Where to; else its own name in this folder.")
    ] = None,
) -> None:
    """Copy a message out of the hotline, as a WAV file that only you may read."""
    with database() as store:
        found, content = _found(store, message)
        target = free_place(file, found.file.removesuffix(SEALED))
        write_new(target, content)
        store.messages.accessed(message, "exported", who(), datetime.now(UTC))
    say(f"The message is now in {target}. Delete it there when you no longer need it.")


@app.command()
def done(message: Id) -> None:
    """Mark a message as dealt with; it stays as long as `recordings:` of center.yaml says."""
    with database() as store:
        store.messages.accessed(message, "done", who(), datetime.now(UTC))
    typer.echo(f"Message {message} is done.")


@app.command()
def accesses(message: Id) -> None:
    """Show who listened to a message, took a copy of it, or marked it as done."""
    here = zone()
    with database() as store:
        store.messages.get(message)
        found = store.messages.accesses(message)
    for one in found:
        say(f"{one.at.astimezone(here):%Y-%m-%d %H:%M:%S}  {one.who}  {one.what}")
    if not found:
        typer.echo(f"Nobody has listened to message {message} yet.")


def _found(store: Database, message: int) -> tuple[Message, bytes]:
    """A message and its sound, as a WAV file. Raises NotFound."""
    found, chosen = store.messages.get(message), settings()
    return found, opened(found, chosen.var / FOLDER, chosen.key_file)


def _when(message: Message) -> str:
    return f"{message.at.astimezone(zone()):%Y-%m-%d %H:%M}, {message.seconds:.0f} s"


def _masked(message: Message) -> dict[str, object]:
    row = asdict(message)
    row["number"] = mask(message.number) if message.number else None
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}


def _listing(found: Sequence[Message]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("id", "left", "caller", "language", "for", "seconds", "call", "heard", "done"):
        table.add_column(heading, justify="right" if heading in ("id", "seconds") else "left")
    here = zone()
    for one in found:
        number = mask(one.number) if one.number else "–"
        cells = (
            str(one.id),
            f"{one.at.astimezone(here):%m-%d %H:%M}",
            number if one.file else "gone",
            one.language,
            one.queue or one.kind,
            f"{one.seconds:.0f}",
            one.call_id.removeprefix("careline-"),
            one.heard_by or "",
            one.done_by or "",
        )
        table.add_row(*map(outside, cells))
    return table
