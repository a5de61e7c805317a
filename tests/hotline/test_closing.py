"""The whole hotline is closed by one command, and opened again."""

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.cli import closing
from tests.hotline.day import Day, until
from tests.hotline.story import story
from tests.rig.phone import RingsOut

pytestmark = pytest.mark.switch

AGENTS = [AgentAccount("ana", "Ana", "zh", {"zh": 5, "senior_care": 5})]
CALLERS = [
    Profile("+8613955550000", "王芳", date(1950, 1, 1), ("zh",)),
    Profile("+8613955550001", "李雷", date(1951, 1, 1), ("zh",)),
]


@pytest.fixture(scope="module", autouse=True)
def command_line(day: Day) -> Iterator[None]:
    """The careline command finds the hotline of the day."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CARELINE_HOME", str(day.app.settings.home))
        yield


@story
async def test_waiting_and_new_callers_are_told_until_it_is_open_again(day: Day) -> None:
    day.rig.carrier.phone("ana").behaviour = RingsOut()
    waiting = await day.rings("13955550000")
    await day.until_offered(waiting)
    await asyncio.to_thread(closing.close)
    closed = day.path("emergency", "zh", slow=True)
    await waiting.leg.until_heard_sound(closed)
    await waiting.leg.until_ended()
    assert (await day.record(waiting)).summary.outcome == "closed"
    new = await day.rings("13955550001")
    await day.until_noted(new, "closed_by_hand")
    await new.hang_up()
    record = await day.record(new)
    assert (record.summary.outcome, record.summary.queue) == ("closed", None)
    assert day.app.desk.floor.waiting() == ()
    await asyncio.to_thread(closing.open_)
    await until("the door is open", lambda: day.app.door.closed is None)
    again = await day.rings("13955550001")
    await day.until_offered(again)
    await again.hang_up()
