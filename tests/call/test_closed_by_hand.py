"""The hotline is closed by hand: nobody is let in, who waits is told, and talks go on."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

from ivr.line.far_end import Answers, Press, RingsOut, Script
from ivr.line.virtual_time import run
from ivr.store.closures import Closure
from ivr.trial.hall import Trial
from tests.call.hall import Hall, heard

ANA = ({"zh": 5, "senior_care": 4}, Answers(after=3, talks=60))
NEVER = ({"zh": 5, "senior_care": 4}, RingsOut())
OLD = date(1954, 3, 2)
CLOSURE = Closure(datetime(2026, 11, 18, tzinfo=UTC), "li", prompt="emergency")


class Door:
    """A door that a test shuts."""

    def __init__(self, closed: Closure | None = None) -> None:
        self.closed = closed
        self._shut = asyncio.Event()

    def shut(self, closure: Closure = CLOSURE) -> None:
        self.closed = closure
        self._shut.set()

    async def until_shut(self) -> None:
        await self._shut.wait()


def called_after(agent: tuple[dict[str, int], Answers | RingsOut], seconds: float) -> Trial:
    """An elderly caller of a hotline that is closed so many seconds after the call has come."""

    async def day() -> Trial:
        hall = Hall({"ana": agent})
        door = hall.door = Door()
        asyncio.get_running_loop().call_later(seconds, door.shut)
        trial = await hall.ring(birth=OLD)
        assert hall.desk.floor.waiting() == ()
        return trial

    return run(day())


def test_an_elderly_caller_hears_that_it_is_closed_and_no_phone_rings() -> None:
    async def day() -> Trial:
        hall = Hall({"ana": ANA})
        hall.door = Door(CLOSURE)
        return await hall.ring(birth=OLD)

    story = run(day())
    assert heard(story) == ["emergency"]
    assert story.all("offer") == []
    assert (story.summary.outcome, story.summary.hung_up_by) == ("closed", "hotline")
    assert story.all("closed_by_hand")[0].data == {"by": "li", "prompt": "emergency"}


def test_a_caller_who_waits_is_told_at_once_and_leaves_the_queue() -> None:
    story = called_after(NEVER, 10)
    assert heard(story)[-1] == "emergency"
    assert story.summary.outcome == "closed"
    assert 10 <= (story.all("closed_by_hand")[0].at - story.events[0].at).total_seconds() < 11


def test_a_talk_goes_on_when_the_hotline_is_closed() -> None:
    story = called_after(ANA, 20)
    assert "emergency" not in heard(story)
    assert (story.summary.outcome, story.summary.talked_s) == ("answered", 60)


def test_a_caller_in_a_menu_is_told() -> None:
    async def day() -> Trial:
        hall = Hall({"ana": ANA})
        door = hall.door = Door()
        asyncio.get_running_loop().call_later(1, door.shut)
        return await hall.ring("13800138000", Script((Press("2"),)))

    assert heard(run(day()))[-1] == "emergency"


def test_a_recording_is_played_instead_of_a_prompt() -> None:
    async def day() -> Trial:
        hall = Hall({"ana": ANA})
        hall.door = Door(Closure(CLOSURE.at, "li", recording="/var/closed.wav"))
        return await hall.ring(birth=OLD)

    [only] = run(day()).line.heard
    assert only.spoken.recording == Path("/var/closed.wav")
