"""careline graph: a picture of a flow, with yesterday's calls in it if asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.context import console, database, require_flows, settings
from ivr.errors import BadInput
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.problem import did_you_mean
from ivr.picture import Counts, count, draw


def graph(
    flow: Annotated[str | None, typer.Argument(help="A flow; all of them without it.")] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="An .svg, .pdf or .png.")
    ] = Path("flow.svg"),
    calls: Annotated[
        bool, typer.Option("--calls", help="Count yesterday's calls at every step.")
    ] = False,
) -> None:
    """Draw a flow: its steps, what each says, and what leads from one to the next."""
    chosen = settings()
    require_flows(chosen)
    hotline = load(chosen.flows)
    if flow is not None and flow not in hotline.flows:
        raise BadInput(f'there is no flow "{flow[:40]}"{did_you_mean(flow, hotline.flows)}')
    counts = _yesterday(hotline, datetime.now(UTC)) if calls else None
    draw(hotline, [flow] if flow is not None else hotline.flows, output, counts)
    console.print(f"The picture is in {output}.", highlight=False)


def _yesterday(hotline: Hotline, now: datetime) -> Counts:
    zone = hotline.center.zone
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    # Counted back on the calendar, not by 24 hours: a day of a clock change is longer or shorter.
    before = today - timedelta(days=1)
    with database() as opened:
        return count(opened.calls.events("step", before, today))
