"""What is left when all calls are over? Nothing may be."""

import asyncio
from pathlib import Path

from ivr.switch import process
from tests.hotline.day import Day, until

AT_REST = {"free", "wrap_up", "paused"}


def open_files() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def nothing_is_left(day: Day) -> None:
    """Wait until no call has left a trace on the switch, in the engine, or on the floor."""
    app, floor = day.app, day.app.desk.floor
    await until("no channel is left on the switch", lambda: not _channels(day), 30)
    await until("no channel is in the engine's hands", lambda: app.inbound.channels == 0, 30)
    try:
        await until("no task serves a call", lambda: not _tasks_of_calls(), 30)
    except AssertionError as error:
        raise AssertionError(f"{error}, but these do: {_tasks_of_calls()}") from None
    assert floor.waiting() == ()
    assert {seat.state for seat in floor.agents()} <= AT_REST


def _channels(day: Day) -> list[str]:
    switches = day.rig.switches
    listed = process.command(switches.asterisk, switches.hotline, "core show channels concise")
    assert listed is not None
    return listed.split()


def _tasks_of_calls() -> list[str]:
    """Tasks that only calls have. What runs as long as the engine does has a name of its own."""
    lasting = {
        "ami-keeper", "heartbeat", "in step", "journal", "lag of the event loop", "queue log",
    }  # fmt: skip
    here = Path(__file__).parents[2] / "ivr"
    return [
        task.get_name()
        for task in asyncio.all_tasks()
        if task.get_name() not in lasting
        and not task.get_name().startswith("look at ")
        and _comes_from(task, here)
    ]


def _comes_from(task: "asyncio.Task[object]", folder: Path) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and Path(code.co_filename).is_relative_to(folder)
