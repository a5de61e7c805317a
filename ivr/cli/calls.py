"""careline calls: what happened in which call."""

import json
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, tzinfo
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ivr.cli.context import console, database
from ivr.cli.log_lines import LogLine, of_call
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
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="With what this log of the engine (JSON; - is a pipe) says of the call: "
            "journalctl -u careline -o cat | careline calls show ID --log -",
        ),
    ] = None,
) -> None:
    """Tell the whole story of a call."""
    with database() as opened:
        record = found(opened, call)
    lines = [] if log is None else of_call(record.summary.call_id, log)
    if as_json:
        told = asdict(record) | ({} if log is None else {"log": [asdict(line) for line in lines]})
        typer.echo(json.dumps(told, indent=2, default=datetime.isoformat))
    else:
        console.print(_story(record, lines, zone()))


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


def _story(record: CallRecord, logged: Sequence[LogLine], here: tzinfo) -> Group:
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
    rows = [(event.at, _told(event)) for event in record.events]
    if logged:  # else in the order in which it happened, whatever the clock did
        rows = sorted([*rows, *((line.at, _logged(line)) for line in logged)], key=itemgetter(0))
    for at, text in rows:
        steps.add_row(outside(_clock(at, here), "dim"), text)
    return Group(head, Text(), steps)


def _told(event: CallEvent) -> Text:
    told = tell(event)
    reasons = (outside(f"· {reason}", "dim") for reason in told.reasons)
    return Text("\n").join([outside(told.text), *reasons])


def _logged(line: LogLine) -> Text:
    style = "red" if line.level in ("error", "critical") else "yellow"
    said = [outside(part, style) for part in line.text.split("\n")]
    return Text("\n").join([outside(f"log, {line.level}, {line.logger}:", style), *said])


def _line(event: CallEvent, here: tzinfo) -> Text:
    told = tell(event)
    why = f" [{'; '.join(told.reasons)}]" if told.reasons else ""
    return Text("  ").join(
        [
            outside(_clock(event.at, here), "dim"),
            outside(event.call_id.removeprefix(OWN), "dim"),
            outside(told.text + why),
        ]
    )


def _clock(at: datetime, here: tzinfo) -> str:
    return f"{at.astimezone(here):%H:%M:%S.%f}"[:-3]


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
