"""careline callbacks: who is to be called back, and who is not after all."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from ivr.caller import mask
from ivr.cli.context import console, database
from ivr.cli.outside import outside
from ivr.cli.place import zone
from ivr.errors import BadInput
from ivr.record import Callback

app = typer.Typer(no_args_is_help=True, help="The callers who are to be called back.")

Id = Annotated[int, typer.Argument(metavar="ID", help="As `careline callbacks list` shows it.")]


@app.command("list")
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those who were called, or are not to be any more.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a program.")] = False,
) -> None:
    """List who is to be called back, in the order in which they asked, numbers masked."""
    with database() as opened:
        found = opened.callbacks.list(all_of_them=everything)
    if as_json:
        typer.echo(json.dumps([_masked(one) for one in found], indent=2, ensure_ascii=False))
    elif found:
        console.print(_listing(found))
    else:
        typer.echo("There are no callbacks." if everything else "Nobody is to be called back.")


@app.command()
def cancel(callback: Id) -> None:
    """Take somebody off the list; a running engine rings them no more, unless it does already."""
    with database() as opened:
        found = opened.callbacks.get(callback)
        if not opened.callbacks.end(callback, "cancelled", datetime.now(UTC)):
            raise BadInput(f"Callback {callback} waits no more: it is {_state(found)}.")
    typer.echo(f"Callback {callback} is cancelled.")


def _state(callback: Callback) -> str:
    return callback.state.replace("_", " ")


def _masked(callback: Callback) -> dict[str, object]:
    row = asdict(callback)
    row["number"] = mask(callback.number) if callback.number else None
    row["stages"] = [[after, str(need)] for after, need in callback.stages]
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}


def _listing(found: Sequence[Callback]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("id", "asked", "caller", "language", "queue", "tried", "not before", "state"):
        table.add_column(heading, justify="right" if heading in ("id", "tried") else "left")
    here = zone()
    for one in found:
        later = one.not_before if one.state == "waiting" else None
        cells = (
            str(one.id),
            f"{one.asked.astimezone(here):%m-%d %H:%M}",
            mask(one.number) if one.number else "forgotten",
            one.language,
            one.queue,
            str(one.tried),
            f"{later.astimezone(here):%m-%d %H:%M}" if later else "",
            _state(one),
        )
        table.add_row(*map(outside, cells))
    return table
