"""careline backup and restore: the whole hotline as one file, and back."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ivr import alone
from ivr import backup as whole
from ivr.cli.context import require_hotline, say, settings
from ivr.errors import BadInput

_MIB = 2**20


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="the file to write; careline-DATE.tar.gz if none is given")
    ] = None,
    recordings: Annotated[
        bool, typer.Option(help="with recordings and messages, which may be large")
    ] = True,
) -> None:
    """Write the whole hotline into one file. Calls may go on meanwhile."""
    chosen = settings()
    require_hotline(chosen)
    target = file or Path(f"careline-{datetime.now().astimezone():%Y-%m-%d-%H%M}.tar.gz")
    made = whole.save(chosen, target.absolute(), recordings=recordings)
    say(f"{target}: {len(made.sums)} files, {target.stat().st_size / _MIB:.1f} MiB.", "green")
    say(
        "Secrets of the switch are in it, so only you may read it. The key of the recordings is not "
        f"in it: keep a copy of {chosen.key_file} elsewhere."
    )


def restore(
    file: Annotated[Path, typer.Argument(help="a file that `careline backup` wrote")],
    replace: Annotated[
        bool, typer.Option("--replace", help="although there is a hotline here already")
    ] = False,
) -> None:
    """Put a hotline back from a backup: its flows, its settings, and the whole database."""
    chosen = settings()
    if (process := alone.engine(chosen.var)) is not None:
        raise BadInput(
            f"`careline serve` answers for {chosen.home}, as process {process}. Stop it first: "
            "nobody may use the database while it is put back."
        )
    there = chosen.database_url or (chosen.var / "careline.db").exists() or chosen.flows.is_dir()
    if there and not replace:
        raise BadInput(
            f"There is a hotline in {chosen.home} already, which the backup would replace. `careline "
            "backup` it first, if it is of worth; then say --replace."
        )
    made = whole.load(chosen, file)
    say(
        f"The hotline is as it was on {made.made.astimezone():%Y-%m-%d at %H:%M}. `careline doctor` "
        "says what it lacks; then `careline serve`.",
        "green",
    )
