"""`careline serve` as a process of its own: it answers, ends well when told to, and may be killed."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.settings import Settings
from ivr.store.database import Database
from tests.hotline.day import until, until_both_hear_each_other
from tests.hotline.flows import always_open
from tests.rig.engine import CHECKOUT, settings_for
from tests.rig.leg import Leg
from tests.rig.rig import Rig

pytestmark = pytest.mark.switch

AGENTS = [
    AgentAccount("ana", "Ana", "zh", {"zh": 5, "senior_care": 5}),
    *(AgentAccount(f"spare-{n}", "Spare", "zh", {}) for n in range(3)),
]
TALKS, WAITS, COMES, RINGS_AGAIN = (f"1396666000{n}" for n in range(4))
ELDERLY = [
    Profile(f"+86{number}", "王秀兰", date(1950, 1, 1), ("zh",))
    for number in (TALKS, WAITS, COMES, RINGS_AGAIN)
]
TAKEN_BACK = 15.0
"""Seconds: the lease on which an engine that was killed held its calls, and a phone's ringing."""


@pytest.fixture
async def home(rig: Rig, tmp_path: Path) -> Settings:
    """A hotline that is always open, with agents at their phones."""
    settings = settings_for(rig.switches, always_open(tmp_path / "flows"))
    with Database.open(settings.url) as database:
        for agent in AGENTS:
            kept = replace(agent, phone_secret=f"secret-of-{agent.name}", logged_in=True)
            database.agents.add(kept)
        for profile in ELDERLY:
            database.callers.save(profile)
    await rig.staff(AGENTS)
    return settings


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Process]:
    """The command, once it says that it answers; killed at the end if it still runs."""
    environment = {
        **os.environ,
        "CARELINE_HOME": str(settings.home),
        "CARELINE_AMI_PORT": str(settings.ami_port),
        "CARELINE_SPEECH": "false",  # loading models is not what is tried here
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONUNBUFFERED": "1",
    }
    command = "from ivr.cli.entry import main; main()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", command, "serve", env=environment, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            while b"The hotline answers" not in (line := await process.stdout.readline()):
                assert line, "careline serve ended before it answered"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.wait_for(process.communicate(), 30)  # nobody of it is left who could write


async def test_it_hands_its_callers_over_when_it_is_told_to_end(rig: Rig, home: Settings) -> None:
    async with serving(home) as process:
        talking, at_ana = await a_talk(rig, home, TALKS)
        waiting = await a_caller_who_waits(rig)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0
        await until_both_hear_each_other(waiting, await taken(rig, WAITS, 5))
        await until_both_hear_each_other(talking, at_ana)
        await at_ana.hang_up()
        await talking.until_ended()
    with Database.open(home.url) as database:
        outcomes = {call.number: call.outcome for call in database.calls.list()}
    assert outcomes == {f"+86{TALKS}": "talk_went_on", f"+86{WAITS}": "handed_back"}


async def test_killed_it_leaves_nobody_in_silence_and_starts_again(
    rig: Rig, home: Settings
) -> None:
    async with serving(home) as process:
        talking, at_ana = await a_talk(rig, home, TALKS)
        waiting = await a_caller_who_waits(rig)
        process.kill()
        coming = await rig.carrier.call(COMES)
        legs = await asyncio.gather(taken(rig, WAITS, TAKEN_BACK), taken(rig, COMES, TAKEN_BACK))
        for caller, phone in zip((waiting, coming), legs, strict=True):
            await until_both_hear_each_other(caller, phone)
        await until_both_hear_each_other(talking, at_ana)
        await at_ana.hang_up()
    async with serving(home):
        again, at_ana = await a_talk(rig, home, RINGS_AGAIN)
        await at_ana.hang_up()
        await again.until_ended()


async def a_talk(rig: Rig, home: Settings, number: str) -> tuple[Leg, Leg]:
    """An elderly caller who talks to ana, and ana's leg."""
    caller = await rig.carrier.call(number)
    phone = await rig.carrier.phone("ana").rung()
    with Database.open(home.url) as database:

        def joined() -> bool:
            kept = [call for call in database.calls.list() if call.number == f"+86{number}"]
            events = database.calls.show(kept[0].call_id).events if kept else ()
            return any(event.kind == "joined" for event in events)

        await until("the two talk", joined)
    await until_both_hear_each_other(caller, phone)
    return caller, phone


async def a_caller_who_waits(rig: Rig) -> Leg:
    caller = await rig.carrier.call(WAITS)
    await caller.until_answered()
    await asyncio.sleep(1)
    return caller


async def taken(rig: Rig, number: str, within: float) -> Leg:
    """The phone that is picked up for a caller."""
    found: list[Leg] = []

    def picked_up() -> bool:
        legs = (leg for agent in AGENTS for leg in rig.carrier.phone(agent.name).calls)
        found[:] = [leg for leg in legs if leg.caller_number == number and leg.answered_at]
        return bool(found)

    await until(f"a phone is picked up for {number}", picked_up, within)
    return found[0]
