"""Somebody hangs up, on the way to an agent or in the talk: nothing is left behind."""

import asyncio
import time
from datetime import date

import pytest

from ivr.agent import AgentAccount
from ivr.caller import Profile
from tests.hotline.day import Day
from tests.hotline.leftovers import nothing_is_left
from tests.hotline.story import ON_THAT_DAY, story
from tests.rig.phone import RingsOut

pytestmark = pytest.mark.switch

STORIES = {
    "talks": "fr", "is left": "de", "rings": "es", "is told of": "it", "tells": "nl",
    "waits": "pt", "hears": "sv", "answers": "fi", "both": "cs",
}  # fmt: skip
AGENTS = [
    AgentAccount(f"{language}-{n}", language, "en", {language: 5})
    for language, count in [
        *((language, 1) for language in STORIES.values() if language != "nl"), ("nl", 2),
    ]
    for n in range(count)
]  # fmt: skip
NUMBERS = {name: f"1394444000{n}" for n, name in enumerate(STORIES)}
CALLERS = [
    *(Profile(f"+86{NUMBERS[name]}", "王芳", date(1990, 1, 1), (language,))
      for name, language in STORIES.items()),
    Profile("+8613944440020", "李雷", date(1990, 1, 1), ("pt",)),
]  # fmt: skip


@story
async def test_a_caller_ends_the_talk(day: Day) -> None:
    caller = await day.rings(NUMBERS["talks"])
    agent, phone = await day.until_joined(caller)
    began = time.monotonic()
    await asyncio.sleep(1)
    await caller.hang_up()
    talked = time.monotonic() - began
    await phone.until_ended()
    await day.until_state(agent, "wrap_up")
    await day.until_state(agent, "free")
    summary = (await day.record(caller)).summary
    assert (summary.outcome, summary.hung_up_by) == ("answered", "caller")
    assert summary.talked_s == pytest.approx(talked, abs=0.7)


@story
async def test_an_agent_ends_the_talk(day: Day) -> None:
    caller = await day.rings(NUMBERS["is left"])
    agent, phone = await day.until_joined(caller)
    await phone.hang_up()
    await caller.leg.until_ended()
    await day.until_state(agent, "wrap_up")
    summary = (await day.record(caller)).summary
    assert (summary.outcome, summary.hung_up_by) == ("answered", "agent")


@story
async def test_both_end_the_talk_at_once(day: Day) -> None:
    caller = await day.rings(NUMBERS["both"])
    agent, phone = await day.until_joined(caller)
    await asyncio.gather(caller.hang_up(), phone.hang_up())
    await day.until_state(agent, "wrap_up")
    assert (await day.record(caller)).summary.outcome == "answered"


@story
async def test_a_caller_leaves_while_a_phone_rings(day: Day) -> None:
    day.rig.carrier.phone("es-0").behaviour = RingsOut()
    caller = await day.rings(NUMBERS["rings"])
    agent, phone = await day.until_offered(caller)
    began = time.monotonic()
    await asyncio.sleep(0.5)
    await caller.hang_up()
    rang = time.monotonic() - began
    await phone.until_ended()
    await day.until_state(agent, "free")
    record = await day.record(caller)
    assert (record.summary.outcome, record.summary.hung_up_by) == ("abandoned", "caller")
    assert record.summary.waited_s == pytest.approx(rang, abs=0.7)
    assert "refused" not in {event.kind for event in record.events}


@story
async def test_a_caller_leaves_while_the_agent_is_told_of_them(day: Day) -> None:
    caller = await day.rings(NUMBERS["is told of"])
    agent, phone = await day.until_offered(caller)
    await phone.until_answered()
    await asyncio.sleep(0.3)
    assert day.state(agent) == "ringing"
    await caller.hang_up()
    await phone.until_ended()
    await day.until_state(agent, "free")
    summary = (await day.record(caller)).summary
    assert (summary.outcome, summary.agent) == ("abandoned", None)


@story
async def test_an_agent_who_leaves_while_being_told_has_declined(day: Day) -> None:
    caller = await day.rings(NUMBERS["tells"])
    first, phone = await day.until_offered(caller)
    await phone.until_answered()
    await asyncio.sleep(0.3)
    await phone.hang_up()
    second, _ = await day.until_joined(caller)
    assert second != first
    await caller.hang_up()
    record = await day.record(caller)
    refused = [event.data for event in record.events if event.kind == "refused"]
    assert refused == [{"agent": first, "cause": "declined"}]


@story
async def test_callers_leave_the_queue(day: Day) -> None:
    busy = await day.rings("13944440020")
    await day.until_joined(busy)
    in_music = await day.rings(NUMBERS["waits"])
    in_announcement = await day.rings(NUMBERS["waits"])
    await asyncio.sleep(1)
    await in_music.hang_up()
    assert (await day.record(in_music)).summary.outcome == "abandoned"
    await day.until_noted(in_announcement, "announced")
    await asyncio.sleep(1)
    await in_announcement.hang_up()
    summary = (await day.record(in_announcement)).summary
    assert (summary.outcome, summary.hung_up_by, summary.queue) == (
        "abandoned",
        "caller",
        "foreign",
    )
    assert day.waiting("pt") == []
    await busy.hang_up()


@story
async def test_a_caller_leaves_as_the_agent_answers(day: Day) -> None:
    day.rig.carrier.phone("fi-0").behaviour = RingsOut()
    caller = await day.rings(NUMBERS["answers"])
    agent, phone = await day.until_offered(caller)
    await asyncio.sleep(0.5)
    await asyncio.gather(phone.answer(), caller.hang_up())
    await phone.until_ended()
    await day.until_state(agent, "free", "wrap_up")
    assert (await day.record(caller)).summary.hung_up_by == "caller"


@story
async def test_callers_who_change_their_minds_at_once_leave_no_trace(day: Day) -> None:
    async with day.door:
        for n in range(10):
            leg = await day.rig.carrier.call(f"139444401{n:02}")
            await leg.until_invited()
            await asyncio.sleep(0.003 * n)
            await leg.hang_up()
        await asyncio.sleep(0.2)


@ON_THAT_DAY
async def test_when_all_are_gone_nothing_is_left(day: Day) -> None:
    await nothing_is_left(day)
