"""careline secure-entry: have a caller key a secret in a talk, and learn only what came of it."""

import json
import time
from typing import Annotated

import typer

from ivr.cli.calls import Json
from ivr.cli.context import say
from ivr.cli.floor import OWN, Call, engine
from ivr.story import SECURE

LOOK_AGAIN = 0.5  # seconds


def secure_entry(
    call: Call,
    look: Annotated[
        bool, typer.Option("--result", help="Only say what came of the newest entry.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Have the caller of a talk key a secret, as if the agent had dialled *9, and wait for the result.

    The exit code is 0 if it was right and 1 otherwise. What was keyed is never shown; where center.yaml
    names a token, that is. The entry goes on if this is interrupted.
    """
    asked = engine()
    if not look:
        asked.act("secure-entry", call)
    while (found := asked.entry(call))["outcome"] == "under_way" and not look:
        time.sleep(LOOK_AGAIN)
    outcome, token = found["outcome"], found["token"]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        told = SECURE.get(outcome, "the caller is keying it")
        say(f"{found['call'].removeprefix(OWN)}: {told}{f'; token {token}' if token else ''}.")
    return 0 if outcome == "right" else 1
