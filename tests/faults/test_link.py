"""The link to the switch is cut, falls silent, loses events; the switch itself dies."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.agent import AgentAccount
from ivr.app import App
from ivr.caller import Profile
from ivr.running import running
from ivr.switch import process
from tests.faults.served import Served, hotline
from tests.faults.wire import Wire
from tests.hotline.day import until, until_both_hear_each_other
from tests.rig.engine import OPEN, clock
from tests.rig.leg import Leg
from tests.rig.rig import Rig, Switches

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.switch, pytest.mark.asyncio(loop_scope="module")]

AGENTS = [
    AgentAccount("ana", "Ana", "zh", {"zh": 5, "senior_care": 5}),
    AgentAccount("fay", "Fay", "fr", {"fr": 5}),
]
TALKS, WAITS, GOES, COMES, LATER = (f"1398888000{n}" for n in range(5))
ELDERLY = date(1950, 1, 1)
CALLERS = [
    Profile(f"+86{n}", "王秀兰", ELDERLY, ("zh",)) for n in (TALKS, WAITS, GOES, COMES, LATER)
]
NOTICED = 10.0
"""Seconds within which a link that is no good is found out."""
IN_STEP = 5.0
"""Seconds after which everything is known again."""


@dataclass(frozen=True, slots=True)
class Day:
    """A running engine behind a wire, one who talks to ana and one who waits for her."""

    app: App
    wire: Wire
    served: Served
    talking: Leg
    at_ana: Leg
    waiting: Leg

    def state(self, agent: str) -> str:
        seat = self.app.desk.floor.agent(agent)
        return seat.state if seat is not None else "away"

    def waits(self) -> list[str]:
        calls = {one.call_id: one for one in self.served.database.calls.list()}
        waiting = self.app.desk.floor.waiting()
        return [calls[one.call].number or "" for one in waiting if one.call in calls]

    async def until_as_before(self, within: float) -> None:
        await until(
            "ana talks and one waits for her",
            lambda: self.state("ana") == "talking" and self.waits() == [f"+86{WAITS}"],
            within,
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(switches: Switches, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Day]:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(Rig.over(switches))
        folder: Path = tmp_path_factory.mktemp("link")
        served = await stack.enter_async_context(hotline(rig, folder, AGENTS, CALLERS))
        wire = await stack.enter_async_context(Wire.laid(switches.ami_port))
        settings = served.settings.model_copy(update={"ami_port": wire.port})
        app = await stack.enter_async_context(running(settings, clock(OPEN)))
        talking = await rig.carrier.call(TALKS)
        at_ana = await rig.carrier.phone("ana").rung()
        await served.until_noted(TALKS, "joined")
        waiting = await rig.carrier.call(WAITS)
        await served.until_noted(WAITS, "waiting")
        yield Day(app, wire, replace(served, settings=settings), talking, at_ana, waiting)


async def test_a_link_that_is_cut_is_mended_and_nobody_notices(day: Day) -> None:
    since = day.app.desk.floor.waiting()[0].since
    day.wire.cut()
    await day.served.until_noted(TALKS, "link_lost", within=NOTICED)
    day.wire.mend()
    mended = time.monotonic()
    await day.until_as_before(IN_STEP)
    log.info("in step %.1f s after a cut", time.monotonic() - mended)
    assert abs(day.app.desk.floor.waiting()[0].since - since) < 1  # the same place
    await day.served.until_noted(TALKS, "picked_up")
    record = day.served.record(TALKS)
    assert record is not None
    assert [e.kind for e in record.events if e.kind in {"joined", "talk_over", "picked_up"}] == [
        "joined", "picked_up",
    ]  # fmt: skip
    assert len(day.served.rig.carrier.phone("ana").calls) == 1  # nobody was rung twice
    await until_both_hear_each_other(day.talking, day.at_ana)


async def test_what_happened_unseen_is_found_out(day: Day) -> None:
    day.wire.loses = (b"Event: Hangup", b"Event: AsyncAGIStart", b"Event: SoftHangup")
    before = len(day.waits())
    comes = await day.served.rig.carrier.call(COMES)
    await until("who came unseen waits", lambda: len(day.waits()) > before, NOTICED)
    await comes.hang_up()
    await until("who went unseen does not", lambda: len(day.waits()) == before, NOTICED)
    assert day.wire.lost > 1
    day.wire.loses = ()


async def test_a_link_that_falls_silent_is_found_out(day: Day) -> None:
    began = time.monotonic()
    day.wire.hold_still()
    await until("the link counts as lost", lambda: not day.app._ami.up, NOTICED)
    log.info("noticed after %.1f s", time.monotonic() - began)
    day.wire.mend()
    await until("ana talks", lambda: day.state("ana") == "talking", IN_STEP)
    assert not day.talking.ended
    assert not day.waiting.ended


async def test_a_switch_that_dies_takes_its_calls_along_and_leaves_no_ghosts(day: Day) -> None:
    rig = day.served.rig
    pid = process.pid(rig.switches.hotline)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    asterisk, instance = rig.switches.asterisk, rig.switches.hotline
    await until("it is gone", lambda: process.pid(instance) is None, 5)
    await asyncio.to_thread(process.start, asterisk, instance)
    back = time.monotonic()
    await rig.see_the_switch_again()
    records = [await day.served.until_ended(number) for number in (TALKS,)]
    await until("nobody talks, waits or rings", lambda: not day.waits(), IN_STEP)
    await until("ana is there", lambda: day.state("ana") in {"free", "wrap_up"}, IN_STEP)
    log.info("everything right %.1f s after the switch is back", time.monotonic() - back)
    assert [record.summary.outcome for record in records] == ["failed"]
    assert [e.data["how"] for e in records[0].events if e.kind == "lost"] == ["switch"]
    await rig.carrier.register(AGENTS)  # phones come back in their own time
    later = await rig.carrier.call(LATER)
    phone = rig.carrier.phone("ana")
    await until("ana's phone rings", lambda: phone.calls[-1].caller_number == LATER, 20)
    await later.hang_up()
