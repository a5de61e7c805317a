"""Wherever a caller hangs up, nothing is left of the call but its record: on real Asterisk."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ivr import resources
from ivr.agent import AgentAccount
from ivr.app import App
from ivr.flow.load import load
from ivr.record import CallRecord
from ivr.store.database import Database
from ivr.switch import process
from tests.hotline.day import until
from tests.rig.ami import Message
from tests.rig.engine import engine
from tests.rig.leg import Leg
from tests.rig.phone import Answers
from tests.rig.rig import Rig

pytestmark = pytest.mark.switch

EVERYTHING = {"zh": 5, "en": 5, "cards": 5, "accounts": 5, "senior_care": 5}
AGENTS = [AgentAccount(f"desk-{n}", language="zh", skills=EVERYTHING) for n in range(12)]
AT_ONCE = 12
AFTER = (0.4, 2.0)  # seconds: within what is said first, and in what comes then
PLACES = [
    f"{flow.name}.{step}" for flow in load(resources.flows()).flows.values() for step in flow.steps
]


@dataclass(frozen=True, slots=True)
class Left:
    """What there is of calls outside their records."""

    channels: int
    lines: int
    waiting: int
    ringing_or_talking: int


async def left(rig: Rig, app: App) -> Left:
    """What there is now."""
    seats = app.desk.floor.agents()
    return Left(
        channels=await channels(rig),
        lines=app.inbound.channels,
        waiting=len(app.desk.floor.waiting()),
        ringing_or_talking=sum(seat.state in ("ringing", "talking") for seat in seats),
    )


NOTHING = Left(0, 0, 0, 0)


async def channels(rig: Rig) -> int:
    """How many calls the hotline's switch has."""
    switches = rig.switches
    status = await asyncio.to_thread(process.status, switches.asterisk, switches.hotline)
    assert status.calls is not None
    return status.calls


def handles() -> list[str]:
    """Open files and sockets of this process, but for the database's: its pool keeps some open."""
    opened = []
    for fd in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the handle by which this folder is read
            opened.append(fd.readlink())
    return sorted(str(target).split(":")[0] for target in opened if ".db" not in target.name)


class Doors:
    """Lets calls begin at any step: the next call that comes begins where it was said last."""

    def __init__(self, rig: Rig, app: App) -> None:
        self._rig, self._app = rig, app
        self._door = asyncio.Lock()
        self._whole = app.live.edition
        self._came = 0
        rig.ami.on_event(self._happened)

    async def enter(self, place: str, number: str) -> Leg:
        """Ring the hotline so that the call begins at `place`."""
        hotline = self._whole.hotline
        identity = hotline.center.center.model_copy(update={"entry": place})
        center = hotline.center.model_copy(update={"center": identity})
        async with self._door:
            self._app.live.edition = replace(self._whole, hotline=replace(hotline, center=center))
            known = self._came
            leg = await self._rig.carrier.call(number)
            await until("the engine has the call", lambda: self._came > known)
            await asyncio.sleep(0.05)
        await leg.until_answered()
        return leg

    def _happened(self, message: Message) -> None:
        self._came += message["Event"] == "AsyncAGIStart"


def numbers() -> Iterator[str]:
    """Callers nobody knows, each with a number of their own."""
    return (f"1390000{n:04}" for n in range(1, 10_000))


def put_away(app: App) -> bool:
    """Whether no recording waits to be."""
    return app.keeping is not None and app.keeping.idle


async def test_a_hang_up_at_any_step_leaves_nothing_but_the_record(rig: Rig) -> None:
    for agent in AGENTS:
        rig.carrier.phone(agent.name).behaviour = Answers(after=0.8)
    async with engine(rig, AGENTS) as app:
        doors, turn, fresh = Doors(rig, app), asyncio.Semaphore(AT_ONCE), numbers()

        async def hang_up_at(place: str, seconds: float, number: str) -> None:
            async with turn:
                leg = await doors.enter(place, number)
                await asyncio.sleep(seconds)
                await leg.hang_up()

        calls = [(place, seconds, next(fresh)) for place in PLACES for seconds in AFTER]
        await hang_up_at("main.welcome", 0.4, "13911119999")  # opens what stays open
        await until("that call is over", lambda: app.inbound.channels == 0)
        await until("its recording is put away", lambda: put_away(app))
        await asyncio.sleep(1.0)
        tasks, files = len(asyncio.all_tasks()), handles()
        complaints = len(rig.switches.complaints())
        await asyncio.gather(*(hang_up_at(*call) for call in calls))
        await until("no agent rings or talks", lambda: not busy(app))
        await until("all recordings are put away", lambda: put_away(app))
        await asyncio.sleep(1.0)
        assert await left(rig, app) == NOTHING
        await until("no task is left", lambda: len(asyncio.all_tasks()) <= tasks)
        await until("no handle is left", lambda: handles() == files)
        # Asterisk warns of a whisper that its caller did not wait for; that is how it must be.
        new = rig.switches.complaints()[complaints:]
        assert [one for one in new if "careline-whisper" not in one] == []
        records = await asyncio.to_thread(all_records, app)
    assert len(records) == len(calls) + 1
    for record in records:
        assert record.summary.ended is not None
        assert record.events[-1].kind == "ended"
        assert (record.summary.hung_up_by, record.summary.outcome) in {
            ("caller", "left"),
            ("caller", "abandoned"),
            ("caller", "answered"),
            ("hotline", "completed"),
        }
        # Who begins in the middle of a flow was not asked what is to be asked before.
        troubles = [event.data["text"] for event in record.events if event.kind == "trouble"]
        assert [text for text in troubles if "has no value" not in str(text)] == []


def busy(app: App) -> bool:
    """Whether any agent rings or talks."""
    return any(seat.state in ("ringing", "talking") for seat in app.desk.floor.agents())


def all_records(app: App) -> list[CallRecord]:
    """Every call that was kept."""
    with Database.open(app.settings.url) as database:
        return [database.calls.show(one.call_id) for one in database.calls.list(limit=1000)]
