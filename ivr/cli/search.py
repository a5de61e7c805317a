"""careline recordings search: where was something said, and which talks were found fault with?"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from ivr.cli.context import console, database, say
from ivr.cli.outside import outside
from ivr.cli.place import zone
from ivr.cli.talks import Agent, Number, Queue, Since, Until, wanted
from ivr.errors import BadInput
from ivr.store.reviews import Hit


def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="What was said, by either side.")
    ] = None,
    since: Since = "",
    until: Until = "",
    agent: Agent = None,
    queue: Queue = None,
    number: Number = None,
    finding: Annotated[
        str | None, typer.Option(help="With a finding of this rule or limit.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Search what was said in recorded talks, the newest first, with the second of each place."""
    if not words and finding is None:
        raise BadInput("Say what to search for: words that were said, or --finding RULE.")
    with database() as opened:
        phrase = " ".join(words or ())
        found = opened.reviews.search(
            phrase, wanted(since, until, agent, queue, number), finding, limit
        )
    if as_json:
        rows = [
            {
                "recording": hit.recording.name,
                "at": hit.recording.at.isoformat(),
                "agent": hit.recording.agent,
                "queue": hit.recording.queue,
                "place": asdict(hit.place) if hit.place else None,
            }
            for hit in found
        ]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    elif found:
        console.print(_listing(found))
    else:
        say("Nothing of the kind was found in what has been taken down.")


def _listing(found: Sequence[Hit]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("name", "call began", "agent", "queue", "at", "side", "said"):
        whole = heading in ("name", "call began")
        table.add_column(heading, justify="right" if heading == "at" else "left", no_wrap=whole)
    here = zone()
    for hit in found:
        place = hit.place
        table.add_row(
            hit.recording.name,
            f"{hit.recording.at.astimezone(here):%Y-%m-%d %H:%M}",
            outside(hit.recording.agent),
            outside(hit.recording.queue),
            f"{place.second:.0f} s" if place else "",
            place.speaker if place else "",
            outside(place.text if place else ""),
        )
    return table
