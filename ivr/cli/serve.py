"""careline serve and careline doctor: run the hotline, or say what it lacks."""

import asyncio
import signal

from ivr.app import running
from ivr.cli.context import console, settings
from ivr.doctor import examine

_SIGNS = {"good": "[green]ok[/]  ", "warning": "[yellow]warn[/]", "bad": "[red]bad[/] "}


def serve() -> None:
    """Answer calls until ^C or SIGTERM; talks under way then go on, waiting callers are handed to
    the switch's own fallback."""
    chosen = settings()

    async def answer() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with running(chosen) as app:
            agents = len(app.desk.floor.agents())
            version = app.live.edition.number
            console.print(
                f"The hotline answers with version {version} of its flows; {agents} agents are "
                "logged in. ^C stops it."
            )
            await stop.wait()
            console.print("Stopping: talks go on, waiting callers are handed to the switch.")

    asyncio.run(answer())


def doctor() -> int:
    """Say what is missing before the hotline can answer, and how to mend it."""
    worst = 0
    for finding in examine(settings()):
        console.print(f"{_SIGNS[finding.grade]} {finding.what}", highlight=False)
        if finding.grade != "good":
            console.print(f"     → {finding.remedy}", highlight=False, markup=False)
            worst = max(worst, 1 if finding.grade == "bad" else 0)
    return worst
