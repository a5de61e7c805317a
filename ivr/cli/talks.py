"""Which recorded talks does a command mean? The options that several commands share."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from ivr.caller import parse_number
from ivr.cli.place import identity, zone
from ivr.cli.report import period
from ivr.errors import BadInput
from ivr.store.wanted import Wanted

Since = Annotated[str, typer.Option("--from", help="2026-11-01, 2026-11-21T08:30, 7d or 2h ago.")]
Until = Annotated[str, typer.Option("--to", help="The same; a day is meant to its end. Else: now.")]
Agent = Annotated[str | None, typer.Option(help="With this agent.")]
Queue = Annotated[str | None, typer.Option(help="Of this queue.")]
Number = Annotated[str | None, typer.Option(help="Of the caller with this number.")]
EVER = "2000-01-01"


def wanted(
    since: str,
    until: str,
    agent: str | None = None,
    queue: str | None = None,
    number: str | None = None,
) -> Wanted:
    """The recordings meant; without --from, all there are. Raises BadInput."""
    begins, ends = period(since or EVER, until, datetime.now(UTC), zone())
    return Wanted(
        since=begins,
        until=ends,
        agent=agent,
        queue=queue,
        number=None if number is None else e164(number),
    )


def e164(number: str) -> str:
    """A number as it is stored. Raises BadInput for what is none."""
    found = parse_number(number, identity().country).number
    if found is None:
        raise BadInput(f'--number: found "{number}"; expected a telephone number.')
    return found
