"""Calls of all kinds while the link to the switch fails at random; what must hold, holds throughout.

    make soak                       two hours
    make soak SECONDS=600 SEED=7    as long as you like, the same faults again

In `make test` it lasts for some seconds.
"""

import asyncio
import logging
import os
import random
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.app import App, running
from ivr.caller import Profile
from tests.faults.served import Served, hotline
from tests.faults.wire import Wire
from tests.hotline.day import until
from tests.hotline.leftovers import open_files
from tests.rig.engine import OPEN, clock
from tests.rig.phone import Answers, Refuses
from tests.rig.rig import Rig

log = logging.getLogger(__name__)

SECONDS = float(os.environ.get("SOAK_SECONDS", "8"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
AGENTS = [
    *(AgentAccount(f"zh-{n}", "Zh", "zh", {"zh": 5, "senior_care": 5}) for n in range(4)),
    AgentAccount("fay", "Fay", "fr", {"fr": 5}),
]
ELDERLY = [Profile(f"+861396000{n:04}", "王秀兰", date(1950, 1, 1), ("zh",)) for n in range(400)]
FOREIGN = [Profile(f"+861397000{n:04}", "王芳", date(1990, 1, 1), ("fr",)) for n in range(100)]
MOST = 8
"""Calls at once: half of what the agents and two cores can bear."""


@pytest.mark.switch
@pytest.mark.timeout(SECONDS + 180)
async def test_whatever_happens_every_call_has_one_outcome(rig: Rig, tmp_path: Path) -> None:
    lot = random.Random(SEED)
    async with (
        hotline(rig, tmp_path, AGENTS, [*ELDERLY, *FOREIGN]) as served,
        Wire.laid(rig.switches.ami_port) as wire,
    ):
        settings = served.settings.model_copy(update={"ami_port": wire.port})
        for agent in AGENTS:
            phone = rig.carrier.phone(agent.name)
            phone.behaviour = Answers(after=0.2, talks_for=5.0 + lot.random())
        rig.carrier.phone("zh-0").next(Refuses("busy"), Refuses("declined"))
        async with running(settings, clock(OPEN)) as app:
            await asyncio.sleep(1)
            tasks, files = len(asyncio.all_tasks()), open_files()
            offered = await _a_day(lot, app, served, wire)
            await until("nobody waits or talks", lambda: _at_rest(app), 60)
            await until("all records are complete", lambda: _all_ended(served), 20)
            await asyncio.sleep(1)
            grown = len(asyncio.all_tasks()) - tasks
            assert grown < 5 + MOST, f"{grown} tasks more than before"
            assert open_files() - files < 20
        _each_has_one_outcome(served, offered)


async def _a_day(lot: random.Random, app: App, served: Served, wire: Wire) -> int:
    """Calls and faults until the time is over; how many calls there were."""
    callers: set[asyncio.Task[None]] = set()
    offered, faults, ends = 0, 0, time.monotonic() + SECONDS
    numbers = [profile.number.removeprefix("+86") for profile in (*ELDERLY, *FOREIGN)]
    fault_at = time.monotonic() + 3
    while time.monotonic() < ends:
        callers = {task for task in callers if not task.done()}
        if len(callers) < MOST:
            known = lot.random() < 0.7
            number = lot.choice(numbers) if known else f"1380{lot.randrange(10**7):07}"
            callers.add(asyncio.create_task(_caller(lot, served.rig, number)))
            offered += 1
        if time.monotonic() > fault_at:
            faults += 1
            fault_at = time.monotonic() + lot.uniform(3, 6)
            await _fault(lot, wire)
        _no_agent_is_in_two_calls(app, served)
        await asyncio.sleep(lot.uniform(0.2, 0.8))
    wire.mend()
    wire.loses = ()
    await asyncio.gather(*callers)
    log.info("%d calls, %d faults, seed %d", offered, faults, SEED)
    return offered


async def _caller(lot: random.Random, rig: Rig, number: str) -> None:
    leg = await rig.carrier.call(number)
    with suppress(AssertionError, TimeoutError):
        await leg.until_answered(10)
        if lot.random() < 0.3:
            await leg.press("0")
        if lot.random() < 0.3:
            await asyncio.sleep(lot.uniform(0, 2))
        else:
            await leg.until_ended(lot.uniform(3, 8))
    await leg.hang_up()


async def _fault(lot: random.Random, wire: Wire) -> None:
    match lot.choice(["cut", "still", "lossy"]):
        case "cut":
            wire.cut()
            await asyncio.sleep(lot.uniform(0, 1))
        case "still":
            wire.hold_still()
            await asyncio.sleep(lot.uniform(0, 2))
        case _:
            wire.loses = (b"Event: Hangup", b"Event: AsyncAGIStart")
            await asyncio.sleep(1)
            wire.loses = ()
    wire.mend()


def _no_agent_is_in_two_calls(app: App, served: Served) -> None:
    seats = [seat.call for seat in app.desk.floor.agents() if seat.call is not None]
    assert len(seats) == len(set(seats)), "a call is with two agents"
    for agent in AGENTS:
        legs = served.rig.carrier.phone(agent.name).calls
        talking = [leg for leg in legs if leg.answered_at and not leg.ended]
        assert len(talking) <= 1, f"{agent.name} is in two calls"


def _at_rest(app: App) -> bool:
    seats = {seat.state for seat in app.desk.floor.agents()}
    return not app.desk.floor.waiting() and app.inbound.channels == 0 and not seats & {
        "talking", "ringing",
    }  # fmt: skip


def _all_ended(served: Served) -> bool:
    return all(call.ended for call in served.database.calls.list(limit=100_000))


def _each_has_one_outcome(served: Served, offered: int) -> None:
    calls = served.database.calls.list(limit=100_000)
    for call in calls:
        events = served.database.calls.show(call.call_id).events
        assert [event.kind for event in events].count("ended") == 1, call.call_id
        assert call.outcome
    # Who met the switch while the engine was out of reach was served by the switch alone.
    assert len(calls) <= offered
    assert len(calls) > offered / 2
    assert served.database.under_way.list() == []
