"""The clock jumps, summer time begins and ends: nobody waits longer for that, and nothing is lost."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.archive import Archive
from ivr.callbacks import Callbacks, House
from ivr.callbacks.waiting import WaitingList
from ivr.flow.center import Center
from ivr.jobs import Jobs
from ivr.line.commands import Joined, Outcome
from ivr.line.far_end import Answers, Press, Script
from ivr.line.virtual_time import run
from ivr.record import Callback
from ivr.store import Database
from ivr.store.wanted import Wanted
from ivr.trial.hall import Trial
from recordings.catalogue import Recording
from recordings.shelf import Shelf
from routing.skills import Need
from tests.call.hall import Hall, heard
from tests.call.test_callback import Journal, Store, Switchboard, Told

ZH = {"zh": 5, "senior_care": 5}
TO_HUMAN = Script((Press("0"),))
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


class Jumping(Hall):
    """A hall in which somebody sets the clock."""

    set_by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.set_by


@pytest.mark.parametrize("by", [-HOUR, HOUR, timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_jumps_changes_neither_places_nor_waits(by: timedelta) -> None:
    async def day() -> tuple[Trial, float]:
        hall = Jumping({"ana": (ZH, Answers(after=2, talks=120))})
        busy = asyncio.ensure_future(hall.ring("13900000001", TO_HUMAN))
        await asyncio.sleep(30)
        first = asyncio.ensure_future(hall.ring("13900000002", TO_HUMAN))
        await asyncio.sleep(30)
        hall.set_by = by
        since = [one.since for one in hall.desk.floor.waiting()]
        began = asyncio.get_running_loop().time()
        await busy
        story = await first
        return story, began - since[0]

    story, waited = run(day())
    assert story.summary.outcome == "answered"
    assert 20 < waited < 40, "by the monotonic clock"
    assert story.summary.waited_s is not None
    assert story.summary.waited_s >= 0
    assert (story.summary.talked_s or 0) == pytest.approx(120, abs=1)


def center() -> Center:
    return Center.model_validate(
        {
            "center": {
                "name": "Bank",
                "languages": ["zh"],
                "human": "main.human",
                "timezone": "Europe/Berlin",
                "country": "DE",
            },
            "queues": {"general": {"hours": "office", "callback": {"after": "60s"}}},
            "hours": {"office": {"open": {"mon-sun": "08:30-20:00"}, "holidays": "as usual"}},
        }
    )


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-28T07:29Z", False),  # winter time: 8:29
        ("2026-03-28T07:30Z", True),
        ("2026-03-29T06:29Z", False),  # summer time since that night
        ("2026-03-29T06:30Z", True),
        ("2026-10-24T06:30Z", True),
        ("2026-10-25T06:30Z", False),  # winter time again
        ("2026-10-25T07:30Z", True),
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall(moment: str, is_open: bool) -> None:
    at = datetime.fromisoformat(moment)
    assert center().is_open("office", at) is is_open


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 3, 28, 22, 0, tzinfo=BERLIN), 9.5),  # the night is an hour shorter
        (datetime(2026, 10, 24, 22, 0, tzinfo=BERLIN), 11.5),
        (datetime(2026, 6, 24, 22, 0, tzinfo=BERLIN), 10.5),
    ],
)
async def test_a_callback_waits_for_the_morning_whatever_the_night_does(
    now: datetime, hours: float
) -> None:
    live: Any = type("Live", (), {"center": center()})
    house = House(lambda: live, lambda _: Told(), lambda: False, lambda _: None, lambda: now)
    callback = _callback(now)
    waiting = WaitingList(None, Store(callback), house)  # type: ignore[arg-type]
    assert await waiting.must_wait(callback) == pytest.approx(hours * 3600)


def _callback(now: datetime) -> Callback:
    return Callback(call_id="one", number="+8613900000099", language="zh", age=None, id=1,
                    queue="general", stages=((0.0, Need({"zh": 1})),), head_start=0.0, asked=now,
                    shows="95588", since=now)  # fmt: skip


@pytest.mark.parametrize("by", [-HOUR, HOUR])
def test_who_is_to_be_called_back_is_though_the_clock_was_set_meanwhile(by: timedelta) -> None:
    async def day() -> tuple[list[str], float]:
        hall = Jumping({"ana": (ZH, Answers(after=2, talks=10))})
        # The engine begins after the clock was set: what it reads seems to be of another time.
        asked = hall.now() - by
        store = Store(replace(_callback(asked), since=asked))
        customers: list[Outcome] = [Joined()]
        board, journal = Switchboard(customers, hall), Journal()
        house = House(
            lambda: hall.hotline, lambda _: Told(), lambda: False, lambda _: None, hall.now
        )
        room: Any = Callbacks(hall.desk, store, board, journal, house)  # type: ignore[arg-type]
        hall.desk.ring_back = room.learn
        await room.open()
        await asyncio.sleep(60)
        await room.close()
        return list(store.states), journal.summaries.popitem()[1].waited_s or 0.0

    states, waited = run(day())
    assert states == ["served"]
    assert waited >= 0


NOW = datetime(2026, 11, 21, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize("by", [timedelta(days=400), timedelta(days=-400), 2 * HOUR, -2 * HOUR])
async def test_a_clock_that_jumped_deletes_no_recording(
    by: timedelta, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = Shelf(tmp_path / "recordings")
    shelf.prepare()
    now, steady = [NOW], [1000.0]
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as database:
        at = NOW - timedelta(days=179)
        (shelf.root / "one-1.age").write_bytes(b"sealed")
        made = Recording(name="one-1", call_id="one", part=1, at=at, queue="general")
        database.recordings.add(replace(made, file="one-1.age", size=6))
        archive = Archive(database, shelf, "careline serve", lambda: now[0])
        jobs = Jobs(archive, center, lambda: steady[0])
        now[0] += by
        steady[0] += 60
        with caplog.at_level(logging.ERROR):
            await jobs.purge()
        assert len(database.recordings.find(Wanted())) == 1
        assert "no recording is deleted" in caplog.text
        # Two days later, and the clock is right.
        now[0], steady[0] = NOW + timedelta(days=2), 1000.0 + 2 * 86400
        await jobs.purge()
        assert database.recordings.find(Wanted()) == []


def test_the_greeting_follows_the_hours_after_a_jump_over_closing_time() -> None:
    """At ten, and a moment later at midnight: the next caller hears that the office is closed."""

    async def day() -> tuple[Trial, Trial]:
        hall = Jumping({"ana": (ZH, Answers(after=2, talks=10))})
        before = await hall.ring("13900000001", TO_HUMAN)
        hall.set_by = 14 * HOUR
        return before, await hall.ring("13900000002", Script())

    before, after = run(day())
    assert before.summary.outcome == "answered"
    assert "night_menu" in heard(after)
