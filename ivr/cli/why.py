"""careline calls why: why this agent, why nobody else, and why so late."""

import json
import os
from dataclasses import asdict
from typing import Annotated, Literal

import typer
from rich.text import Text

from ivr.cli.calls import Json, found
from ivr.cli.context import console, database
from ivr.cli.outside import outside
from ivr.why import explain, waits


def why(
    call: Annotated[str, typer.Argument(metavar="ID", help="As `careline calls list` shows it.")],
    language: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(help="The language of the sentences; else that of the terminal."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say why a call was given to whom it was given, why to nobody else, and why not sooner."""
    with database() as opened:
        record = found(opened, call)
        rivals = {
            wait.begins.at: opened.rivals.taken(record.summary.call_id, wait.told_from, wait.ends)
            for wait in waits(record.events)
        }
    told = explain(record, rivals, language or _of_the_terminal())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in told], indent=2, ensure_ascii=False))
        return
    for one in told:
        lines = [outside(one.text), *(outside(f"  · {reason}", "dim") for reason in one.reasons)]
        console.print(Text("\n").join(lines), soft_wrap=True)


def _of_the_terminal() -> Literal["zh", "en"]:
    """zh where the terminal speaks Chinese (POSIX: LC_ALL, else LC_MESSAGES, else LANG)."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, names), "").startswith("zh") else "en"
