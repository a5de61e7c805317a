"""careline replay: what would these rules have made of calls that were?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from ivr.cli.calls import parse_since
from ivr.cli.context import database, say, settings
from ivr.cli.place import zone
from ivr.errors import BadInput
from ivr.replay import app_queue, table
from ivr.replay.bank import CREDIT, is_bank, read_bank
from ivr.replay.center_rules import Skills, read_center, rules_of
from ivr.replay.figures import Estimate
from ivr.replay.own import trace_of
from ivr.replay.play import Stage, Way
from ivr.replay.rules import AHEAD, in_order
from ivr.replay.table import Side
from ivr.replay.trace import Trace

NAMED: Mapping[str, Way] = {
    "bank": in_order("bank", lambda caller: CREDIT.get(caller.priority, 0.0)),
    "fifo": in_order("fifo", lambda _: 0.0),
    "strict": in_order("strict", lambda caller: caller.priority * AHEAD),
    "app_queue": app_queue.DEFAULTS,
    "app_queue_best": app_queue.BEST,
}
"""Sets of rules that need no file."""

_RULES = f"A center.yaml, or one of {', '.join(NAMED)}."


def replay(
    trace: Annotated[
        Path | None,
        typer.Argument(metavar="TRACE.csv", help="The public bank trace; without it, our calls."),
    ] = None,
    center: Annotated[
        str | None, typer.Option(help=f"{_RULES} Without it, the hotline's own.")
    ] = None,
    against: Annotated[str | None, typer.Option(help=f"Beside what? {_RULES}")] = None,
    agents: Annotated[
        Path | None, typer.Option(help="Skills, as `careline agents list --json` prints them.")
    ] = None,
    since: Annotated[str, typer.Option(help="Our calls from when on: 30d, 2026-11-01.")] = "30d",
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="How often, for the ±.")] = 5,
    away: Annotated[
        float, typer.Option(min=0, help="Minutes between two services that mean: not there.")
    ] = 30.0,
    over_60: Annotated[
        float, typer.Option(min=0, max=1, help="The share of callers over 60, age unknown.")
    ] = 0.2,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a program.")] = False,
) -> None:
    """Play recorded calls through rules, on the same floor that routes real ones.

    Who called when is kept, and how long the impatient waited; how long the others would have, and
    when agents were there, is worked out from the calls. The same seed gives the same replay.
    """
    began = perf_counter()
    calls, known = _trace(trace, since)
    skills = _skills(agents) or known
    asked = [_way(name, skills) for name in (center or _own_center(), against) if name]
    stage = Stage(calls, range(1, seeds + 1), away=away * 60, over_60=over_60)
    sides = [Side(_name(name), stage.play(way)) for name, way in asked]
    if as_json:
        typer.echo(json.dumps(_for_a_program(calls, sides), ensure_ascii=False, indent=2))
        return
    _show(calls, sides, stage, seeds)
    say(f"{len(sides) * seeds} replays in {perf_counter() - began:.1f} s.")


def _own_center() -> str:
    return str(settings().flows / "center.yaml")


def _name(way: str) -> str:
    return way if way in NAMED else str(Path(way))


def _way(name: str, skills: Skills | None) -> tuple[str, Way]:
    if name in NAMED:
        return name, NAMED[name]
    path = Path(name)
    if not path.is_file():
        raise BadInput(f"{name} is no file and no set of rules by name; expected {_RULES}")
    return name, rules_of(read_center(path), name, skills)


def _skills(path: Path | None) -> Skills | None:
    if path is None:
        return None
    wrong = (
        f"{path} does not say what agents can do; expected a list as `careline agents list --json` "
        'prints it: [{"name": "ana", "skills": {"zh": 3}}].'
    )
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        found = {str(row["name"]): dict(row["skills"]) for row in rows}
    except (ValueError, TypeError, KeyError):
        raise BadInput(wrong) from None
    for name, skills in found.items():
        for skill, level in skills.items():
            if type(level) is not int or not 1 <= level <= 5:
                raise BadInput(
                    f"{path}: {name} has {skill} at {level!r}; expected a level from 1 to 5."
                )
    return found


def _trace(path: Path | None, since: str) -> tuple[Trace, Skills | None]:
    """The calls, and what their agents can do where the database knows it."""
    if path is not None:
        if not is_bank(path):
            raise BadInput(
                f"{path.name}, line 1: this is no trace that can be read; expected the heading of "
                "the public bank trace, which begins with vru+line,call_id,customer_id."
            )
        return read_bank(path), None
    now = datetime.now(UTC)
    start = parse_since(since, now, zone())
    with database() as db:
        summaries = db.calls.list(since=start, limit=10_000_000)
        skills = {agent.name: agent.skills for agent in db.agents.list()}
        return trace_of(summaries, db.calls.events("waiting", start, now)), skills or None


def _show(calls: Trace, sides: Sequence[Side], stage: Stage, seeds: int) -> None:
    shifts = stage.takes[0].shifts
    say(
        f"{calls.name}: {len(calls.calls)} calls that asked for an agent in {calls.days} days, "
        f"{len(shifts.skills)} agents who were ready for {shifts.hours():.0f} hours."
    )
    for why, count in calls.left_out.items():
        say(f"  left out: {count} rows, {why}")
    parts = [("all", lambda _: True), ("over 60", table.elderly), ("others", table.others)]
    kinds = table.kinds(sides)
    if len(kinds) > 1:
        parts += [(kind, table.of_kind(kind)) for kind in kinds]
    lines = [
        table.row(f"{name}, {side.name}", side.figures(which))
        for name, which in parts
        for side in sides
    ]
    typer.echo("\n" + table.markdown(table.HEADING, lines) + "\n")
    if len(sides) > 1:
        for measure, more in table.difference(sides[0], sides[1]).items():
            verdict = "" if more.differs else " (may be chance)"
            say(
                f"{sides[1].name} less {sides[0].name}, {measure}: {_signed(measure, more)}{verdict}"
            )
    say(
        "Service level: answered within so long, of all who asked (`careline report` calls it "
        f"negative). {table.SURE} ({seeds} seeds)"
    )


def _signed(measure: str, more: Estimate) -> str:
    if measure.startswith("wait"):
        return f"{more.mean:+.1f} ± {more.within:.1f} s"
    return f"{100 * more.mean:+.2f} ± {100 * more.within:.2f} points"


def _for_a_program(calls: Trace, sides: Sequence[Side]) -> dict[str, Any]:
    parts = {"all": lambda _: True, "over 60": table.elderly, "others": table.others}
    parts |= {kind: table.of_kind(kind) for kind in table.kinds(sides)}
    found: dict[str, Any] = {
        "trace": calls.name,
        "calls": len(calls.calls),
        "left_out": dict(calls.left_out),
        "rules": {
            side.name: {
                name: [asdict(figures) for figures in side.figures(which)]
                for name, which in parts.items()
            }
            for side in sides
        },
    }
    if len(sides) > 1:
        found["difference"] = {
            name: {
                m: asdict(more) for m, more in table.difference(sides[0], sides[1], which).items()
            }
            for name, which in parts.items()
        }
    return found
