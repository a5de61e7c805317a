"""careline top: the floor, live in the terminal. Who waits where, what agents do, calls under way."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ivr.cli.calls import Json
from ivr.cli.context import console
from ivr.cli.floor import OWN, clock, does, engine, stands
from ivr.cli.outside import outside
from ivr.control.client import Engine
from ivr.control.lately import WITHIN
from ivr.errors import CarelineError

EVERY = 1.0  # seconds between two looks
EVERY_PLAIN = 5.0  # where each is printed below the last
GOOD, POOR = 0.8, 0.6
"""Service levels from which a queue is shown green, and below which red."""
STATES = ("free", "ringing", "talking", "wrap_up", "resting", "paused", "unreachable")
"""In the order in which agents are shown; one of another state comes last."""
STYLES = {"free": "green", "talking": "cyan", "ringing": "yellow", "unreachable": "red"}

View = Mapping[str, Any]
"""What the engine tells: `ivr.control.overseer.Overseer.view`."""


def top(
    once: Annotated[bool, typer.Option("--once", help="Show it once, and end.")] = False,
    as_json: Json = False,
) -> None:
    """Watch the floor of the running hotline, once a second; ^C ends it."""
    asked = engine()
    if as_json:
        typer.echo(json.dumps(asked.floor(), ensure_ascii=False))
        return
    first = asked.floor()
    if once:
        console.print(screen(first, datetime.now().astimezone(), lines=None))
        return
    try:
        if console.is_terminal and not console.is_dumb_terminal:
            with Live(console=console, screen=True, auto_refresh=False) as live:
                _follow(asked, first, lambda seen: live.update(seen, refresh=True), console.height)
        else:
            _follow(asked, first, console.print, None, EVERY_PLAIN)
    except KeyboardInterrupt:
        return


def _follow(
    asked: Engine,
    seen: View,
    show: Callable[[RenderableType], None],
    lines: int | None,
    every: float = EVERY,
) -> NoReturn:
    """Show the floor again and again, also past a restart of the engine."""
    lost = ""
    while True:
        now = datetime.now().astimezone()
        show(screen(seen, now, lines, lost))
        time.sleep(every)
        try:
            seen, lost = asked.floor(), ""
        except CarelineError:
            lost = lost or f"The engine has not answered since {now:%H:%M:%S}."


def screen(seen: View, now: datetime, lines: int | None = None, lost: str = "") -> RenderableType:
    """The floor on one screen of so many `lines`; None: however long it is."""
    parts: list[RenderableType] = [_heading(seen, now)]
    if lost:
        parts.append(outside(lost, "bold red"))
    if seen["closed"]:
        parts.append(outside(f"Closed by {seen['closed']['who']}.", "bold red"))
    parts += [Text(), _queues(seen["queues"])]
    room = None if lines is None else max(2, lines - len(parts) - len(seen["queues"]) - 8)
    waiting, agents = seen["waiting"], _in_order(seen["agents"])
    of_agents = None if room is None else max(1, room - min(len(waiting), room // 2))
    of_calls = None if room is None or of_agents is None else room - min(len(agents), of_agents)
    parts += [Text(), _waiting(waiting[:of_calls]), *_more(waiting, of_calls)]
    parts += [Text(), _agents(agents[:of_agents]), *_more(agents, of_agents)]
    return Group(*parts)


def _heading(seen: View, now: datetime) -> Text:
    talking = sum(row["state"] == "talking" for row in seen["agents"])
    free = sum(row["state"] == "free" for row in seen["agents"])
    calls = "1 call" if seen["calls"] == 1 else f"{seen['calls']} calls"
    return Text(
        f"{now:%H:%M:%S}   {calls}   {len(seen['waiting'])} waiting   "
        f"{talking} talking   {free} of {len(seen['agents'])} agents free",
        style="bold",
    )


def _queues(rows: Sequence[View]) -> Table:
    table = _table("queue", ">waiting", ">longest", ">answered", ">gave up", f">in {WITHIN:g} s")
    for row in rows:
        level = row["level"]
        shown = Text("–") if level is None else Text(f"{level:.0%}", _color(level))
        table.add_row(
            outside(row["queue"]), str(row["waiting"]),
            clock(row["longest"]) if row["waiting"] else "",
            str(row["answered"]), str(row["abandoned"]), shown,
        )  # fmt: skip
    return table


def _color(level: float) -> str:
    return "green" if level >= GOOD else "red" if level < POOR else "yellow"


def _waiting(rows: Sequence[View]) -> Table:
    table = _table("waits", "caller", "queue", ">for", "expected", "")
    for row in rows:
        expected = "–".join(map(clock, row["expected"] or ()))
        cells = (row["call"].removeprefix(OWN), row["caller"], row["queue"])
        table.add_row(*map(outside, cells), clock(row["waited"]), expected, outside(stands(row)))
    return table


def _agents(rows: Sequence[View]) -> Table:
    table = _table("agent", "does", ">since", ">left", "queue", "call")
    for row in rows:
        table.add_row(
            outside(row["agent"]), outside(does(row), STYLES.get(row["state"], "")),
            clock(row["for"]), "" if row["left"] is None else clock(row["left"]),
            outside(row["queue"] or ""), outside((row["call"] or "").removeprefix(OWN)),
        )  # fmt: skip
    return table


def _in_order(rows: Sequence[View]) -> list[View]:
    def rank(row: View) -> tuple[int, str]:
        known = STATES.index(row["state"]) if row["state"] in STATES else len(STATES)
        return known, row["agent"]

    return sorted(rows, key=rank)


def _more(rows: Sequence[View], shown: int | None) -> list[RenderableType]:
    left = 0 if shown is None else len(rows) - shown
    return [Text(f"and {left} more", style="dim")] if left > 0 else []


def _table(*headings: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in headings:
        name = heading.removeprefix(">")
        right = name != heading
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    return table
