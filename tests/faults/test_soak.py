"""Calls of all kinds while link, database and phones fail at random; what must hold, holds throughout.

    make soak                       two hours
    make soak SECONDS=600 SEED=7    as long as you like, the same faults again

In `make test` it lasts for some seconds; in CI for five minutes, beside everything else.
"""

import asyncio
import logging
import os
import random
import sqlite3
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.app import App
from ivr.caller import Profile
from ivr.running import running
from ivr.switch import process
from tests.faults.growth import Held, megabytes
from tests.faults.served import Served, hotline
from tests.faults.wire import Wire
from tests.hotline.day import until
from tests.rig.engine import OPEN, clock
from tests.rig.phone import Answers, Refuses
from tests.rig.rig import Rig

log = logging.getLogger(__name__)

SECONDS = float(os.environ.get("SOAK_SECONDS", "8"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
A_WHILE = 60
"""Seconds of a soak that may be tried again: what a longer one finds is not looked away from."""
AGENTS = [
    *(AgentAccount(f"zh-{n}", "Zh", "zh", {"zh": 5, "senior_care": 5}) for n in range(4)),
    AgentAccount("fay", "Fay", "fr", {"fr": 5}),
]
ELDERLY = [Profile(f"+861396000{n:04}", "王秀兰", date(1950, 1, 1), ("zh",)) for n in range(400)]
FOREIGN = [Profile(f"+861397000{n:04}", "王芳", date(1990, 1, 1), ("fr",)) for n in range(100)]
MOST = 8
"""Calls at once: half of what the agents and two cores can bear."""
KEPT_A_CALL = 4
"""Objects a call may leave behind for a while: callers cut off and ends of waits are remembered."""
MEGABYTES = 24.0
"""By which the memory may have grown since a quarter of the time was over."""


@pytest.mark.switch
@pytest.mark.flaky(reruns=2 if SECONDS < A_WHILE else 0)
@pytest.mark.timeout(SECONDS + 180)
async def test_whatever_happens_every_call_has_one_outcome(
    rig: Rig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
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
            switch = process.pid(rig.switches.hotline)
            assert switch is not None
            before = Held.now(switch)
            offered, quarter = await _a_day(lot, app, served, wire, caplog)
            await until("nobody waits or talks", lambda: _at_rest(app), 60)
            await until("all records are complete", lambda: _all_ended(served), 20)
            await until("the switch holds no channel", lambda: not _channels(rig), 30)
            await asyncio.sleep(1)
            after = Held.now(switch)
        told = after.more_than(before)
        log.info("after %d calls: %s", offered, told)
        log.info("since a quarter of the time: engine %+.1f MB", after.megabytes - quarter)
        assert after.tasks - before.tasks < 5 + MOST, told
        assert after.files - before.files < 20, told
        assert after.switch_files - before.switch_files < 20, told
        assert after.threads - before.threads < 20, told
        assert after.objects.total() - before.objects.total() < 500 + KEPT_A_CALL * offered, told
        assert after.megabytes - quarter < MEGABYTES, told
        _each_has_one_outcome(served, offered)


def _channels(rig: Rig) -> list[str]:
    switches = rig.switches
    listed = process.command(switches.asterisk, switches.hotline, "core show channels concise")
    assert listed is not None
    return listed.split()


async def _a_day(
    lot: random.Random, app: App, served: Served, wire: Wire, caplog: pytest.LogCaptureFixture
) -> tuple[int, float]:
    """Calls and faults until the time is over; how many calls there were, and the memory held when a
    quarter of the time was over."""
    callers: set[asyncio.Task[None]] = set()
    offered, faults, ends = 0, 0, time.monotonic() + SECONDS
    quarter_at, quarter = time.monotonic() + SECONDS / 4, 0.0
    nowhere: frozenset[str] = frozenset()
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
            await _fault(lot, wire, served)
            nowhere = _each_call_is_somewhere(app, served, nowhere)
            # What the rig remembers of old calls must not be taken for what the engine does.
            served.rig.carrier.forget_ended(but=MOST)
            _forget_logged(caplog)
        if not quarter and time.monotonic() > quarter_at:
            quarter = megabytes("self")
        _no_agent_is_in_two_calls(app, served)
        await asyncio.sleep(lot.uniform(0.2, 0.8))
    wire.mend()
    wire.loses = ()
    await asyncio.gather(*callers)
    log.info("%d calls, %d faults, seed %d", offered, faults, SEED)
    return offered, quarter or megabytes("self")


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


async def _fault(lot: random.Random, wire: Wire, served: Served) -> None:
    match lot.choice(["cut", "still", "lossy", "locked", "gone"]):
        case "cut":
            wire.cut()
            await asyncio.sleep(lot.uniform(0, 1))
        case "still":
            wire.hold_still()
            await asyncio.sleep(lot.uniform(0, 2))
        case "locked":
            await asyncio.to_thread(_lock, str(served.settings.url), lot.uniform(0, 2))
        case "gone":
            agent = lot.choice(AGENTS).name
            await served.rig.carrier.unplug(agent)
            await asyncio.sleep(lot.uniform(0, 1))
            await served.rig.carrier.plug_in(agent)
        case _:
            wire.loses = (b"Event: Hangup", b"Event: AsyncAGIStart")
            await asyncio.sleep(1)
            wire.loses = ()
    wire.mend()


def _lock(url: str, seconds: float) -> None:
    """Hold the database so that nobody else can write."""
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=10)
    try:
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        holder.execute("ROLLBACK")
    finally:
        holder.close()


def _each_call_is_somewhere(app: App, served: Served, before: frozenset[str]) -> frozenset[str]:
    """Calls that are not over and in nobody's hands. One look may fall between two hands, and the
    journal writes a moment later; two in a row must not find the same call nowhere."""
    newest = served.database.calls.list(limit=10 * MOST)
    nowhere = frozenset(
        one.call_id
        for one in newest
        if one.ended is None
        and one.call_id not in app.reception.calls
        and one.call_id not in app.pick_ups
    )
    assert not nowhere & before, f"in nobody's hands: {nowhere & before}"
    return nowhere


def _forget_logged(caplog: pytest.LogCaptureFixture) -> None:
    """What is logged is kept for the report, tracebacks and all that is in their frames."""
    caplog.clear()
    kept_for_the_report = caplog._item.config.pluginmanager.get_plugin("logging-plugin")
    kept_for_the_report.report_handler.reset()  # type: ignore[union-attr]


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
