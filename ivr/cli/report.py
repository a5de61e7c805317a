"""careline report: how well callers were served, by queue, agent, skill or rule."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Any

import typer
from rich.table import Table

from ivr.cli.calls import parse_since
from ivr.cli.context import console, database, say
from ivr.cli.outside import outside
from ivr.cli.place import identity, zone
from ivr.errors import BadInput
from ivr.report import FORMULAS, WITHIN, By, Figures, figures

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection)."""


def report(
    since: Annotated[
        str, typer.Option("--from", help="2026-11-01, 2026-11-21T08:30, 7d or 2h ago.")
    ] = "",
    until: Annotated[
        str, typer.Option("--to", help="The same; a day is meant to its end. Else: now.")
    ] = "",
    by: Annotated[By, typer.Option(help="A line for each of these.")] = "queue",
    days: Annotated[
        float, typer.Option(min=0.04, help="A call of the number within so many is the same matter")
    ] = 7,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it for a spreadsheet.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a program.")] = False,
) -> None:
    """Report how well callers were served, from today's midnight or --from on.

    Service level is given in four formulas: negative is answered in time / offered; positive counts
    callers who gave up in time as served; without leaves those out; handled is answered in time /
    answered. First-call resolution: no second call of the number within --days of the call's end.
    """
    here, now = zone(), datetime.now(UTC)
    begins, ends = period(since, until, now, here)
    with database() as opened:
        calls = opened.reports.calls(begins, ends, now, days)
        shifts = opened.reports.shifts(begins, min(ends, now))
    lines = figures(calls, by, shifts, identity().elder_age)
    if as_json:
        typer.echo(json.dumps([asdict(line) for line in lines], indent=2, ensure_ascii=False))
    elif as_csv:
        typer.echo(as_spreadsheet(by, lines), nl=False)
    else:
        say(f"{begins.astimezone(here):%Y-%m-%d %H:%M} to {ends.astimezone(here):%Y-%m-%d %H:%M}")
        console.print(_table(by, lines), _service_levels(by, lines))


def period(since: str, until: str, now: datetime, here: tzinfo) -> tuple[datetime, datetime]:
    """From when to when, in UTC. Raises BadInput when the end is not after the beginning."""
    midnight = now.astimezone(here).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = parse_since(since, now, here, "--from") if since else midnight.astimezone(UTC)
    ends = parse_since(until, now, here, "--to") if until else now
    if until.count("-") == 2 and "T" not in until and ":" not in until:
        ends = (ends.astimezone(here) + timedelta(days=1)).astimezone(UTC)
    if ends <= begins:
        raise BadInput(
            f"The report would end ({ends.astimezone(here):%Y-%m-%d %H:%M}) before it begins "
            f"({begins.astimezone(here):%Y-%m-%d %H:%M}); give a --to that is after --from."
        )
    return begins, ends


def as_spreadsheet(by: By, lines: Sequence[Figures]) -> str:
    """The lines as CSV, in which no cell is taken for a formula."""
    rows = [_flat(by, line) for line in lines]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: safe_cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def safe_cell(value: object) -> str:
    """A cell as text; one that a spreadsheet would run gets an apostrophe, which it hides."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    text = str(value)
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


def _flat(by: By, line: Figures) -> dict[str, object]:
    row: dict[str, object] = {by: line.group}
    for name, value in asdict(line).items():
        if name == "service_level":
            levels: Mapping[int, Mapping[str, float | None]] = value
            for within, shares in levels.items():
                row |= {f"service_level_{within}_{name}": share for name, share in shares.items()}
        elif name != "group":
            row[name] = value
    return row


def _table(by: By, lines: Sequence[Figures]) -> Table:
    cells: Mapping[str, Any] = {
        "offered": lambda line: str(line.offered),
        "answered": lambda line: str(line.answered),
        "gave up": lambda line: str(line.abandoned),
        "wait": lambda line: _seconds(line.wait_average),
        "90% within": lambda line: _seconds(line.wait_p90),
        "elderly": lambda line: _seconds(line.elderly_wait_average),
        "handle": lambda line: _seconds(line.handle_average),
        "occupancy": lambda line: _percent(line.occupancy),
        "first call": lambda line: _percent(line.first_call_resolution),
        "told right": lambda line: _percent(line.announced_right),
        **({"missed": lambda line: str(line.missed)} if by == "agent" else {}),
    }
    return _grid(by, lines, cells)


def _service_levels(by: By, lines: Sequence[Figures]) -> Table:
    cells: Mapping[str, Any] = {
        f"{formula} {within} s": lambda line, w=within, f=formula: _percent(
            line.service_level[w][f]
        )
        for formula in FORMULAS
        for within in WITHIN
    }
    return _grid(by, lines, cells)


def _grid(by: By, lines: Sequence[Figures], cells: Mapping[str, Any]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column(by, overflow="fold")
    for heading in cells:
        table.add_column(heading, justify="right")
    for line in lines:
        table.add_row(outside(line.group), *(shown(line) for shown in cells.values()))
    return table


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} s"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
