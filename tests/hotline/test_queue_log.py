"""The switch's own queue_log tells every call, as QueueMetrics and Asternic read it."""

from datetime import date

import pytest

from ivr.agent import AgentAccount
from ivr.caller import Profile
from tests.hotline.day import Day, InACall, until
from tests.hotline.story import story
from tests.rig.phone import RingsOut

pytestmark = pytest.mark.switch

AGENTS = [
    AgentAccount("fr-1", "French", "en", {"fr": 5}),
    AgentAccount("fr-2", "French", "en", {"fr": 5}),
    AgentAccount("de-1", "German", "en", {"de": 5}),
]
CALLERS = [
    Profile("+8613966660000", "王芳", date(1990, 1, 1), ("fr",)),
    Profile("+8613966660001", "李雷", date(1990, 1, 1), ("de",)),
]


def lines(day: Day, call: str) -> list[str]:
    """The lines of a call, or of an agent, without their times."""
    written = (day.rig.switches.hotline.folder / "log" / "queue_log").read_text().splitlines()
    fields = [line.split("|", 1) for line in written]
    assert all(epoch.isdigit() for epoch, _ in fields)
    return [rest for _, rest in fields if call in rest.split("|")]


async def until_line(day: Day, call: InACall, event: str) -> list[str]:
    await until(
        f"queue_log has {event}",
        lambda: any(f"|{event}|" in line for line in lines(day, call.call_id)),
    )
    return lines(day, call.call_id)


@story
async def test_a_call_that_was_missed_answered_and_ended_by_the_agent(day: Day) -> None:
    day.rig.carrier.phone("fr-1").behaviour = RingsOut()
    caller = await day.rings("13966660000")
    agent, phone = await day.until_joined(caller)
    await phone.hang_up()
    call = caller.call_id
    enters, misses, connects, completes = await until_line(day, caller, "COMPLETEAGENT")
    assert enters == f"{call}|foreign|NONE|ENTERQUEUE||0000|1"
    assert misses.startswith(f"{call}|foreign|fr-1|RINGNOANSWER|")
    assert int(misses.rsplit("|", 1)[1]) >= 1000
    hold = connects.split("|")[4]
    assert connects.startswith(f"{call}|foreign|{agent}|CONNECT|{hold}|{call}|")
    assert completes.split("|")[:5] == [call, "foreign", agent, "COMPLETEAGENT", hold]
    assert completes.endswith("|1")


@story
async def test_a_caller_who_gives_up(day: Day) -> None:
    day.rig.carrier.phone("de-1").behaviour = RingsOut()
    caller = await day.rings("13966660001")
    await day.until_offered(caller)
    await caller.hang_up()
    *_, gave_up = await until_line(day, caller, "ABANDON")
    assert gave_up.startswith(f"{caller.call_id}|foreign|NONE|ABANDON|1|1|")


@story
async def test_an_agent_who_logs_in_is_a_member_of_every_queue(day: Day) -> None:
    await until("de-1 is a member", lambda: len(lines(day, "de-1")) >= 5)
    assert "NONE|senior|de-1|ADDMEMBER|" in lines(day, "de-1")
