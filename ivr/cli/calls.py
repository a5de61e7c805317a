"""careline calls: what happened in which call."""

import json
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Any, Literal

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ivr.cli.context import console, database
from ivr.cli.outside import outside
from ivr.cli.place import zone
from ivr.errors import BadInput, NotFound
from ivr.record import CallEvent, CallRecord, CallSummary
from ivr.store import Database
from ivr.story import tell

app = typer.Typer(no_args_is_help=True, help="What happened in which call.")

Json = Annotated[bool, typer.Option("--json", help="Print it for a program.")]
LOOK_EVERY = 0.5  # seconds between two looks of `tail` at the store
OWN = "careline-"  # what the hotline's own switch begins every call's id with (its systemname)
_AGO = re.compile(r"(\d{1,5})\s*([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@app.command("list")
def list_(
    since: Annotated[
        str | None, typer.Option(help="Only from then on: 2h, 3d, 2026-11-21 or 2026-11-21T08:30.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """List the newest calls, numbers masked."""
    here = zone()
    moment = parse_since(since, datetime.now(UTC), here) if since else None
    with database() as opened:
        summaries = opened.calls.list(since=moment, limit=limit)
    if as_json:
        typer.echo(json.dumps([_masked(summary) for summary in summaries], indent=2))
    elif summaries:
        console.print(_listing(summaries, here))
    else:
        typer.echo("There are no calls.")


@app.command()
def show(
    call: Annotated[str, typer.Argument(metavar="ID", help="As `careline calls list` shows it.")],
    as_json: Json = False,
) -> None:
    """Tell the whole story of a call."""
    with database() as opened:
        record = found(opened, call)
    if as_json:
        typer.echo(json.dumps(asdict(record), indent=2, default=datetime.isoformat))
    else:
        console.print(_story(record, zone()))


@app.command()
def tail() -> None:
    """Follow the calls as they happen, until ^C."""
    here = zone()
    with database() as opened:
        try:
            follow(opened, lambda event: console.print(_line(event, here)), time.sleep)
        except KeyboardInterrupt:
            return


def follow(
    opened: Database, show_event: Callable[[CallEvent], None], pause: Callable[[float], None]
) -> None:
    """Show every event stored from now on; ends only by what `show_event` or `pause` raises."""
    position = opened.calls.latest_position()
    while True:
        news = opened.calls.tail(position)
        for event in news.events:
            show_event(event)
        position = news.position
        if not news.events:
            pause(LOOK_EVERY)


def parse_since(text: str, now: datetime, here: tzinfo, option: str = "--since") -> datetime:
    """A moment said as "2h" (ago), a date or a date and time, the last two where the hotline is."""
    if ago := _AGO.fullmatch(text.strip()):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=here)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(
            f"{option}: found {text[:40]!r}; expected a time such as 30m, 2h, 3d, 2026-11-21 or "
            "2026-11-21T08:30."
        ) from None


def found(opened: Database, call: str) -> CallRecord:
    """The record of the call named in full, or as lists name it. Raises NotFound."""
    try:
        return opened.calls.show(call)
    except NotFound:
        with suppress(NotFound):
            return opened.calls.show(OWN + call)
        raise


def _masked(summary: CallSummary) -> dict[str, Any]:
    row = asdict(summary)
    del row["number"]
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}


def _listing(summaries: Sequence[CallSummary], here: tzinfo) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("call", "began", "caller", "outcome", "queue", "agent", "waited", "talked"):
        # Only a name may take a second line; an id is copied from here.
        side: Literal["left", "right"] = "right" if heading in ("waited", "talked") else "left"
        table.add_column(heading, justify=side, no_wrap=heading != "caller", overflow="fold")
    for call in summaries:
        cells = (
            call.call_id.removeprefix(OWN),
            f"{call.started.astimezone(here):%m-%d %H:%M}",
            call.name or call.masked,
            call.outcome if call.ended else "going on",
            call.queue or "",
            call.agent or "",
            _seconds(call.waited_s),
            _seconds(call.talked_s),
        )
        table.add_row(*map(outside, cells))
    return table


def _story(record: CallRecord, here: tzinfo) -> Group:
    call = record.summary
    age = f", aged {call.age}" if call.age is not None else ""
    length = _seconds((call.ended - call.started).total_seconds()) if call.ended else "going on"
    head = Table.grid(padding=(0, 2))
    for label, value in {
        "call": call.call_id,
        "who": f"{call.name or 'name not known'}{age}, {call.number or call.masked or 'no number'}",
        "language": call.language,
        "began": f"{call.started.astimezone(here):%Y-%m-%d %H:%M:%S %Z}",
        "lasted": length,
        "outcome": call.outcome,
        "decided": call.reason,
        "queue": call.queue,
        "waited": _seconds(call.waited_s),
        "agent": call.agent,
        "talked": _seconds(call.talked_s),
        "hung up by": call.hung_up_by,
    }.items():
        if value:
            head.add_row(outside(label, "dim"), outside(value))
    steps = Table.grid(padding=(0, 2))
    for event in record.events:
        told = tell(event)
        lines = Text("\n").join(
            [outside(told.text), *(outside(f"· {reason}", "dim") for reason in told.reasons)]
        )
        steps.add_row(outside(_clock(event, here), "dim"), lines)
    return Group(head, Text(), steps)


def _line(event: CallEvent, here: tzinfo) -> Text:
    told = tell(event)
    why = f" [{'; '.join(told.reasons)}]" if told.reasons else ""
    return Text("  ").join(
        [
            outside(_clock(event, here), "dim"),
            outside(event.call_id.removeprefix(OWN), "dim"),
            outside(told.text + why),
        ]
    )


def _clock(event: CallEvent, here: tzinfo) -> str:
    return f"{event.at.astimezone(here):%H:%M:%S.%f}"[:-3]


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
