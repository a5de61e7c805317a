"""A supervisor sees the floor of a running hotline, acts on it, and hears a talk."""

import asyncio
import json
from datetime import date

import pytest

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.control.client import Engine, path
from tests.hotline.day import OF_THE_CALLER, Day, until
from tests.hotline.story import story

pytestmark = pytest.mark.switch

AGENTS = [
    AgentAccount("fr-1", "French", "en", {"fr": 5}),
    AgentAccount("de-1", "German", "en", {"de": 5}),
    AgentAccount("es-1", "Spanish", "en", {"es": 5}),
    AgentAccount("boss", "Boss", "en", {"ru": 1}),
    AgentAccount("stranger", "Stranger", "en", {"ru": 1}),
]
CALLERS = [
    Profile("+8613933330000", "王芳", date(1990, 1, 1), ("fr",)),
    *(Profile(f"+861393333000{n}", "李雷", date(1990, 1, 1), ("de",)) for n in (1, 2, 3)),
    Profile("+8613933330004", "李雷", date(1990, 1, 1), ("es",)),
]
SUPERVISORS = 1200
"""Hertz."""


def engine(day: Day) -> Engine:
    return Engine(path(day.app.settings.var))


@story
async def test_a_talk_is_heard_and_joined_by_a_phone_with_leave(day: Day) -> None:
    caller = await day.rings("13933330000")
    _, agent = await day.until_joined(caller)
    assert await asyncio.to_thread(engine(day).spy, "barge", "fr-1", "boss") == "*50"
    refused = await day.rig.carrier.phone("stranger").dial("*50")
    await refused.until_ended()
    boss = await day.rig.carrier.phone("boss").dial("*50")
    await boss.until_answered()
    await day.until_noted(caller, "supervised")
    await asyncio.sleep(0.5)
    await caller.leg.hum_on(OF_THE_CALLER)
    await boss.until_heard(OF_THE_CALLER, 0.4)
    await caller.leg.be_silent()
    await boss.hum_on(SUPERVISORS)
    await asyncio.gather(
        caller.leg.until_heard(SUPERVISORS, 0.4), agent.until_heard(SUPERVISORS, 0.4)
    )
    await caller.hang_up()
    await boss.until_ended()


@story
async def test_a_call_is_put_to_the_front_and_another_taken_out(day: Day) -> None:
    talking = await day.rings("13933330001")
    await day.until_joined(talking)
    first, second = await day.rings("13933330002"), await day.rings("13933330003")
    await until("both wait", lambda: len(day.waiting("de")) == 2)
    await asyncio.to_thread(engine(day).act, "front", second.call_id)
    assert day.waiting("de") == [second.call_id, first.call_id]
    seen = await asyncio.to_thread(engine(day).floor)
    assert second.call_id in json.dumps(seen["waiting"])
    assert "13933330003" not in json.dumps(seen)
    queues = {row["queue"]: row for row in seen["queues"]}
    assert queues["foreign"]["waiting"] == 2
    assert queues["foreign"]["answered"] >= 1
    assert queues["cards"]["level"] is None
    await asyncio.to_thread(engine(day).act, "withdraw", first.call_id)
    assert day.waiting("de") == [second.call_id]
    await talking.hang_up()
    await day.until_joined(second)
    await second.hang_up()
    await first.hang_up()
    events = [event.kind for event in (await day.record(first)).events]
    assert "supervised" in events


@story
async def test_a_hold_at_the_agents_phone_is_in_the_record(day: Day) -> None:
    caller = await day.rings("13933330004")
    _, phone = await day.until_joined(caller)
    await phone.put_on_hold(2)
    await day.until_noted(caller, "hold_over")
    await phone.hang_up()
    record = await day.record(caller)
    [told] = [event for event in record.events if event.kind == "hold_over"]
    assert told.data["seconds"] == pytest.approx(2, abs=1)
    assert "hold" in [event.kind for event in record.events]
