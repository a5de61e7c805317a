"""careline audit: who did what that must be answered for."""

from datetime import datetime
from typing import Annotated

import typer

from ivr.cli.context import database, say
from ivr.cli.place import zone

app = typer.Typer(no_args_is_help=True, help="Who did what that must be answered for.")


@app.command("list")
def list_(
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="the first day")
    ] = None,
) -> None:
    """List the entries of the audit log, the oldest first."""
    here = zone()
    with database() as opened:
        for entry in opened.audit.entries(since.replace(tzinfo=here) if since else None):
            more = "".join(f", {key}: {value}" for key, value in entry.data.items())
            at = f"{entry.at.astimezone(here):%Y-%m-%d %H:%M:%S}"
            say(f"{entry.number:>6}  {at}  {entry.who} {entry.act} {entry.about}{more}")


@app.command()
def verify() -> int:
    """Compute the chain of hashes anew: an entry changed, taken out or put in is found."""
    with database() as opened:
        found = opened.audit.verify()
    if found.broken is not None:
        say(
            f"The audit log was tampered with: entry {found.broken} was changed, or one before it "
            "was taken out or put in.",
            "red",
        )
        return 1
    count = "1 entry is" if found.entries == 1 else f"{found.entries} entries are"
    say(f"{count} whole: each follows from the one before it.", "green")
    say(
        "The last hash, to be noted where nobody here can change it, so that entries cut off at "
        f"the end are missed: {found.last}"
    )
    return 0
