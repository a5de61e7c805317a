"""A hotline that is served by `careline serve`, a process that may be killed."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.errors import CarelineError
from ivr.record import CallRecord
from ivr.settings import Settings
from ivr.store.database import Database
from tests.hotline.day import until
from tests.hotline.flows import always_open_and_lively
from tests.rig.engine import CHECKOUT, settings_for
from tests.rig.leg import Leg
from tests.rig.rig import Rig


@dataclass(frozen=True, slots=True)
class Served:
    """The hotline: its rig, its settings, its store."""

    rig: Rig
    settings: Settings
    database: Database

    async def until_noted(
        self, number: str, kind: str, times: int = 1, within: float = 20
    ) -> float:
        """Wait until the newest call from `number` has so many events of a kind; when that was seen."""

        def noted() -> bool:
            record = self.record(number)
            return record is not None and sum(e.kind == kind for e in record.events) >= times

        await until(f"{number} has {kind}", noted, within)
        return time.time()

    def record(self, number: str) -> CallRecord | None:
        """What is kept of the newest call from `number` so far."""
        calls = [one for one in self.database.calls.list() if one.number == f"+86{number}"]
        try:
            return self.database.calls.show(calls[0].call_id) if calls else None
        except CarelineError:
            return None

    async def until_ended(self, number: str, within: float = 20) -> CallRecord:
        """Wait until the record of the newest call from `number` is complete."""
        await self.until_noted(number, "ended", within=within)
        found: list[CallRecord] = []

        def ended() -> bool:
            record = self.record(number)
            found[:] = [record] if record is not None and record.summary.ended else []
            return bool(found)

        await until(f"the call of {number} is over", ended, within)
        return found[0]

    def live(self, agent: str) -> Leg | None:
        """The call at an agent's phone."""
        calls = self.rig.carrier.phone(agent).calls
        return calls[-1] if calls and not calls[-1].ended else None


@asynccontextmanager
async def hotline(
    rig: Rig, folder: Path, agents: Sequence[AgentAccount], callers: Sequence[Profile]
) -> AsyncIterator[Served]:
    """A hotline that is always open, with agents at their phones; nobody serves it yet."""
    settings = settings_for(rig.switches, always_open_and_lively(folder / "flows"))
    with Database.open(settings.url) as database:
        for agent in agents:
            kept = replace(agent, phone_secret=f"secret-of-{agent.name}", logged_in=True)
            database.agents.add(kept)
        for profile in callers:
            database.callers.save(profile)
        await rig.staff(agents)
        yield Served(rig, settings, database)


WARM = (
    "import sys, ivr.cli.main, ivr.running; sys.stdin.readline(); "
    "from ivr.cli.entry import main; main()"
)
"""Loads the program before it is told to begin, so that a busy machine does not count as slow."""


@asynccontextmanager
async def standing_by(settings: Settings, **more: str) -> AsyncIterator[Process]:
    """`careline serve`, loaded, but not begun: see `begin`. Killed at the end if it still runs."""
    environment = {
        **os.environ,
        "CARELINE_HOME": str(settings.home),
        "CARELINE_AMI_PORT": str(settings.ami_port),
        "CARELINE_SPEECH": "false",
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONUNBUFFERED": "1",
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WARM, "serve", env=environment, stdin=PIPE, stdout=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def begin(process: Process) -> None:
    """Have the hotline served; returns when it says that it answers."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    async with asyncio.timeout(60):  # it loads and begins in 3 s of a processor that is free
        while b"The hotline answers" not in (line := await process.stdout.readline()):
            assert line, "careline serve ended before it answered"


@asynccontextmanager
async def serving(settings: Settings, **more: str) -> AsyncIterator[Process]:
    """`careline serve`, once it says that it answers; killed at the end if it still runs."""
    async with standing_by(settings, **more) as process:
        await begin(process)
        yield process
