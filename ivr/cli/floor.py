"""careline floor, listen, whisper and barge: a supervisor and the running hotline."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from pydantic_core import PydanticCustomError
from rich.table import Table

from ivr.cli.calls import Json
from ivr.cli.context import console, require_hotline, say, settings
from ivr.cli.outside import outside
from ivr.control.client import Engine, nearest
from ivr.errors import BadInput
from ivr.flow.fields import read_seconds
from ivr.settings import file

app = typer.Typer(help="Who waits, who talks; and what a supervisor does about it.")

Call = Annotated[str, typer.Argument(metavar="CALL", help="As `careline floor` shows it.")]
Agent = Annotated[str, typer.Argument(help="The agent whose talk it is.")]
Phone = Annotated[
    str, typer.Option(help="The phone (an agent's name) from which it is listened to.")
]
OWN = "careline-"


@app.callback(invoke_without_command=True)
def floor(context: typer.Context, as_json: Json = False) -> None:
    """Show who waits, in order, and what the agents do. The commands below act on waiting calls."""
    if context.invoked_subcommand is not None:
        return
    seen = engine().floor()
    if as_json:
        typer.echo(json.dumps(seen, indent=2, ensure_ascii=False))
        return
    if seen["closed"]:
        say(f"The hotline is closed by {seen['closed']['who']}; `careline open` opens it.", "red")
    console.print(_waiting(seen["waiting"]) if seen["waiting"] else "Nobody waits.")
    console.print(_agents(seen["agents"]) if seen["agents"] else "No agent is logged in.")


@app.command()
def front(call: Call) -> None:
    """Serve a waiting call next of all that need the same agents."""
    _done(engine().act("front", call), "is served next")


@app.command()
def withdraw(call: Call) -> None:
    """Take a waiting call out of its queue; it goes on as its flow says."""
    _done(engine().act("withdraw", call), "has left the queue")


@app.command()
def move(call: Call, queue: Annotated[str, typer.Argument(help="The queue it goes to.")]) -> None:
    """Move a waiting call to another queue; the time it has waited goes with it."""
    _done(engine().act("move", call, queue=queue), f"waits in {queue} now")


@app.command()
def extend(
    agent: Annotated[str, typer.Argument(help="The agent who is in the wrap-up after a talk.")],
    by: Annotated[str, typer.Option(help="So much longer, such as 90s or 5m.")] = "2m",
) -> None:
    """Give an agent longer for the wrap-up that is on. The agent can do so too, by dialling *49."""
    left = engine().extend(agent, _seconds(by))
    say(f"{agent} is in wrap-up for {clock(left)} more.")


def listen(agent: Agent, phone: Phone) -> None:
    """Hear a talk; neither side hears the supervisor."""
    _spy("listen", agent, phone)


def whisper(agent: Agent, phone: Phone) -> None:
    """Hear a talk, and speak to the agent alone."""
    _spy("whisper", agent, phone)


def barge(agent: Agent, phone: Phone) -> None:
    """Hear a talk, and speak to both sides."""
    _spy("barge", agent, phone)


def _spy(act: str, agent: str, phone: str) -> None:
    if not phone:
        raise BadInput("Say from which phone: --phone NAME.")
    code = engine().spy(act, agent, phone)
    say(f"Dial {code} on the phone {phone} within a minute.")


def engine() -> Engine:
    """The engine of this hotline. Supervisors and auditors need not be able to read its settings."""
    if file().exists() and not os.access(file(), os.R_OK):
        return Engine(nearest(file().parent.absolute() / "var"))
    chosen = settings()
    require_hotline(chosen)
    return Engine(nearest(chosen.var))


def _seconds(written: str) -> float:
    try:
        return read_seconds(written)
    except PydanticCustomError as error:
        raise BadInput(f"--by: {error.message()}.") from None


def _done(call: str, what: str) -> None:
    say(f"{call.removeprefix(OWN)} {what}.")


def _waiting(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("call", "caller", "queue", "needs", "waited", "ahead by", "expected", "")
    for row in rows:
        expected = "–".join(map(clock, row["expected"] or ()))
        cells = (
            row["call"].removeprefix(OWN), row["caller"], row["queue"], row["need"],
            clock(row["waited"]), clock(row["head_start"]) if row["head_start"] else "",
            expected, stands(row),
        )  # fmt: skip
        table.add_row(*map(outside, cells))
    return table


def stands(row: Mapping[str, Any]) -> str:
    """What a waiting call does besides: a phone rings for it, or its caller is to be rung back."""
    if row["ringing"]:
        return f"rings at {row['ringing']}"
    return "to be rung back" if row.get("callback") else ""


def _agents(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("agent", "does", "for", "left", "queue", "call")
    for row in sorted(rows, key=lambda row: (row["state"], row["agent"])):
        cells = (
            row["agent"], does(row), clock(row["for"]),
            "" if row["left"] is None else clock(row["left"]), row["queue"] or "",
            (row["call"] or "").removeprefix(OWN),
        )  # fmt: skip
        table.add_row(*map(outside, cells))
    return table


RESTS = {
    "occupancy": "busy all hour",
    "no_answer": "no answer",
    "busy": "was busy",
    "declined": "declined",
    "unreachable": "was unreachable",
}


def does(row: Mapping[str, Any]) -> str:
    """What an agent does, and the reason of a pause or rest."""
    why = row["pause"] or RESTS.get(row.get("rest") or "", "")
    return str(row["state"]).replace("_", "-") + (f" ({why})" if why else "")


def _table(*headings: str) -> Table:
    return Table(*headings, box=None, header_style="dim", pad_edge=False)


def clock(seconds: float) -> str:
    """Minutes and seconds, as a telephone shows them."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
