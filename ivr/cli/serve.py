"""careline serve and careline doctor: run the hotline, or say what it lacks."""

import asyncio
import gc
import logging
import signal

from ivr import logs
from ivr.alone import alone
from ivr.cli.context import console, require_hotline, say, settings
from ivr.cli.outside import outside
from ivr.doctor import examine
from ivr.errors import LineError
from ivr.running import running
from ivr.settings import Settings
from ivr.watchdog import watched

_SIGNS = {"good": "[green]ok[/]  ", "warning": "[yellow]warn[/]", "bad": "[red]bad[/] "}


def serve() -> None:
    """Answer calls until ^C or SIGTERM.

    Talks under way then go on, and waiting callers are handed to the switch's own queue.
    """
    chosen = settings()
    require_hotline(chosen)
    logs.begin(logging.getLogger().level, chosen.log_format)
    with alone(chosen.var):
        try:
            asyncio.run(_answer(chosen))
        except LineError as error:
            raise LineError(f"{error} `careline doctor` says what to do.") from error


async def _answer(chosen: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(chosen) as app:
        # What a hotline is made of is no garbage: to look it through again and again would hold up
        # all calls by some fifty milliseconds each time.
        gc.collect()
        gc.freeze()
        agents = len(app.desk.floor.agents())
        there = "1 agent is" if agents == 1 else f"{agents} agents are"
        say(
            f"The hotline answers with version {app.live.edition.number} of its flows; {there} "
            "logged in. `careline calls tail` follows the calls. ^C stops it."
        )
        if not agents:
            say(
                "Nobody can take a call yet: *45 on an agent's phone, or careline agents ready NAME"
            )
        async with watched(f"answers with version {app.live.edition.number} of its flows"):
            await stop.wait()
        say("Stopping: talks go on, waiting callers are handed to the switch.")


def doctor() -> int:
    """Say what is missing before the hotline can answer, and how to mend it.

    The exit code is 1 if something must be mended first; warnings leave it at 0.
    """
    bad = 0
    for finding in examine(settings()):
        console.print(_SIGNS[finding.grade], outside(finding.what), soft_wrap=True)
        if finding.remedy:
            console.print("     →", outside(finding.remedy), soft_wrap=True)
        bad += finding.grade == "bad"
    if bad:
        what = "1 thing is" if bad == 1 else f"{bad} things are"
        say(f"The hotline cannot answer until {what} mended.", "red")
    return 1 if bad else 0
