"""A running hotline follows what is published, and calls under way end as they began.

The engine is the real one, in real time; its switch answers everything, and the telephones of calls
are played.
"""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.agent import AgentAccount
from ivr.app import App
from ivr.errors import BadInput, NotFound, StoreError
from ivr.flow.files import FlowFiles
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.problem import BrokenFlow
from ivr.line.far_end import Answers, Busy, Phone, Press, Script
from ivr.line.line import Arrival
from ivr.line.simulated import SimulatedLine
from ivr.publish import origin, release
from ivr.publish.live import Edition, Live
from ivr.record import CallRecord
from ivr.running import running
from ivr.settings import Settings
from ivr.sounds import Sounds
from ivr.store import Database
from tests.line.fake_ami import FakeSwitch, Fields, fake_switch, message, success
from tests.publish.supervisor import FILES, MORNING, Supervisor

SOON = 1.0  # seconds within which a running engine must have noticed


@dataclass(slots=True)
class House:
    """A home with its settings, its database, and the supervisor who edits its flows."""

    settings: Settings
    database: Database
    ana: Supervisor

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[App]:
        async with running(self.settings, lambda: MORNING) as app:
            yield app

    async def publish(self) -> None:
        await asyncio.to_thread(self.ana.publish)

    def record(self, call_id: str) -> CallRecord:
        return self.database.calls.show(call_id)


@pytest.fixture
async def house(tmp_path: Path, url: str, database: Database) -> AsyncIterator[House]:
    database.agents.add(AgentAccount("ana", "Ana", "zh", {"zh": 5}, logged_in=True))
    async with fake_switch() as switch:
        switch.answers = _obeys
        settings = Settings(
            home=tmp_path,
            database_url=url,
            ami_port=switch.port,
            ami_secret=SecretStr(switch.secret),
        )
        yield House(settings, database, Supervisor("ana", settings.flows, database.versions))


def _obeys(_: FakeSwitch, fields: Fields) -> bytes:
    ends = {
        "CoreShowChannels": "CoreShowChannelsComplete",
        "DeviceStateList": "DeviceStateListComplete",
    }
    if (end := ends.get(fields["Action"])) is None:
        return success(fields)
    complete = message(Event=end, EventList="Complete", ActionID=fields["ActionID"])
    return success(fields, EventList="start") + complete


ANSWERS = Answers(after=0.1, talks=0.1)


async def call(
    app: App, call_id: str, caller: Script | None = None, phones: Mapping[str, Phone] | None = None
) -> None:
    """A call, from its arrival to its end; Ana answers at once and talks for a moment, or `phones`
    do as they are."""
    caller = caller or Script(answers=(Press("1", after=0.1),))
    line = SimulatedLine(caller, phones or {"ana": ANSWERS})
    await app.reception.serve(Arrival(call_id, "13800138000", "95588", MORNING), line)


async def until(holds: Callable[[], bool], within: float = 5.0) -> float:
    """Wait until something holds; returns how many seconds that took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not holds():
        assert loop.time() - began < within, "it did not happen in time"
        await asyncio.sleep(0.01)
    return loop.time() - began


async def test_a_call_that_is_over_does_not_begin_a_second_time(house: House) -> None:
    async with house.answering() as app:
        await call(app, "1", Script(hang_up_at=0.05))
        await call(app, "1")
    kinds = [event.kind for event in house.database.calls.show("1").events]
    assert (kinds.count("arrived"), kinds.count("ended")) == (1, 1)


async def test_the_first_start_publishes_the_folder_as_version_1(house: House) -> None:
    async with house.answering() as app:
        assert app.live.edition.number == 1
    first = house.database.versions.get(1)
    assert (first.who, first.why, first.at) == ("careline", "first start", MORNING)
    assert house.database.versions.files(1).texts == FILES
    said = origin.read(house.settings.flows)
    assert said is not None
    assert (said.number, said.hash) == (1, first.hash)
    assert FlowFiles.read(house.settings.var / "flows" / "1").texts == FILES


async def test_a_home_without_flows_and_without_a_version_cannot_start(house: House) -> None:
    shutil.rmtree(house.settings.flows)
    with pytest.raises(BadInput, match="no version is published yet"):
        async with house.answering():
            pass
    assert house.database.versions.live() is None


async def test_a_broken_folder_is_not_the_first_version(house: House) -> None:
    house.ana.edit("main.yaml", "next: choose", "next: chose")
    with pytest.raises(BrokenFlow, match='no step or flow "chose"'):
        async with house.answering():
            pass
    assert house.database.versions.live() is None


async def test_a_running_engine_notices_what_is_published_within_a_second(house: House) -> None:
    async with house.answering() as app:
        house.ana.edit("prompts.zh.yaml", "welcome: 您好", "welcome: 早上好")
        await house.publish()
        assert await until(lambda: app.live.edition.number == 2) < SOON
        assert app.hotline.wording.texts["zh"]["welcome"].text == "早上好"


async def test_what_is_only_saved_changes_nothing_until_it_is_published(house: House) -> None:
    async with house.answering() as app:
        house.ana.edit("prompts.zh.yaml", "welcome: 您好", "welcome: 早上好")
        await asyncio.sleep(SOON)
        await call(app, "saved")
        assert app.hotline.wording.texts["zh"]["welcome"].text == "您好"
    assert house.record("saved").summary.version == 1


@pytest.mark.parametrize("disk", ["edited", "broken", "gone"])
async def test_a_restart_takes_the_live_version_whatever_lies_on_the_disk(
    house: House, disk: str
) -> None:
    async with house.answering():
        pass
    match disk:
        case "edited":
            house.ana.edit("prompts.zh.yaml", "welcome: 您好", "welcome: 早上好")
        case "broken":
            house.ana.write("main.yaml", "steps: {")
        case "gone":
            shutil.rmtree(house.settings.flows)
    (house.settings.var / "flows" / "1" / "main.yaml").write_text("somebody was here")
    async with house.answering() as app:
        assert app.live.edition.number == 1
        await call(app, "after")
    assert house.record("after").summary.agent == "ana"
    assert house.database.versions.latest() == 1


async def test_a_call_under_way_ends_as_it_began_and_the_next_one_is_served_anew(
    house: House,
) -> None:
    async with house.answering() as app:
        at_the_menu = asyncio.create_task(
            call(app, "old", Script(answers=(Press("1", after=2.0),)))
        )
        await asyncio.sleep(0.8)
        house.ana.edit("center.yaml", "  general:", "  renewed:")
        house.ana.edit("center.yaml", "queue: general", "queue: renewed")
        house.ana.edit("main.yaml", "queue: general", "queue: renewed")
        house.ana.edit("main.yaml", "{say: welcome, next: choose}", "{say: welcome, next: human}")
        await house.publish()
        await until(lambda: app.live.edition.number == 2)
        assert not at_the_menu.done()
        await call(app, "new")
        await at_the_menu
    old, new = house.record("old"), house.record("new")
    assert (old.summary.version, old.summary.queue) == (1, "general")
    assert (new.summary.version, new.summary.queue) == (2, "renewed")
    assert {old.summary.outcome, new.summary.outcome} == {"answered"}
    steps = [str(event.data["step"]) for event in old.events if event.kind == "step"]
    assert steps == ["welcome", "choose", "human", "bye"]
    assert old.events[0].data == {"dialled": "95588", "version": 1}
    assert new.events[0].data == {"dialled": "95588", "version": 2}


async def test_who_misses_a_call_rests_as_long_as_the_version_says_that_was_published_meanwhile(
    house: House,
) -> None:
    house.database.agents.add(AgentAccount("bo", "Bo", "zh", {"zh": 5}, logged_in=True))
    busy: Mapping[str, Phone] = {"ana": Busy(), "bo": ANSWERS}
    async with house.answering() as app:
        house.ana.edit("center.yaml", "rules:", "cool_downs: {busy: 20 min}\nrules:")
        await house.publish()
        await until(lambda: app.live.edition.number == 2, within=40)
        await call(app, "missed", phones=busy)
        seat = app.desk.floor.agent("ana")
        assert seat is not None
        assert seat.rest == "busy"
        assert seat.rests_until is not None
        assert 1000 < seat.rests_until - app.desk.now() <= 1200
    assert house.record("missed").summary.agent == "bo"


async def test_a_caller_reaches_the_agent_they_talked_to_lately(house: House) -> None:
    house.database.agents.add(AgentAccount("bo", "Bo", "zh", {"zh": 5}, logged_in=True))
    house.ana.edit("center.yaml", "name: Bank", "name: Bank, last_agent: 48h")
    calls = [f"lately{n}" for n in range(2)]
    async with house.answering() as app:
        for call_id in calls:
            await call(app, call_id, phones={"ana": ANSWERS, "bo": ANSWERS})
            kept = partial(over, house, call_id)
            await until(kept, within=40)
    agents = {house.record(call_id).summary.agent for call_id in calls}
    assert len(agents) == 1  # by being free the longest they would take turns
    offers = [one for one in house.record(calls[-1]).events if one.kind == "offer"]
    assert "callers_own_preferred" in str(offers[0].data["verdicts"])


def over(house: House, call_id: str) -> bool:
    """Whether a call's record is whole."""
    try:
        return house.record(call_id).summary.ended is not None
    except NotFound:
        return False


async def test_going_back_is_followed_like_any_version(house: House) -> None:
    async with house.answering() as app:
        house.ana.edit("prompts.zh.yaml", "welcome: 您好", "welcome: 早上好")
        await house.publish()
        await until(lambda: app.live.edition.number == 2)
        await asyncio.to_thread(house.ana.roll_back, 1)
        assert await until(lambda: app.live.edition.number == 3) < SOON
        assert app.hotline.wording.texts["zh"]["welcome"].text == "您好"


async def test_sentences_of_both_versions_are_made_known_to_the_switch(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[list[str]] = []

    def make_music(_: Sounds, hotlines: Sequence[Hotline]) -> None:
        made.append([hotline.wording.texts["zh"]["welcome"].text for hotline in hotlines])

    monkeypatch.setattr(Sounds, "make_music", make_music)
    async with house.answering():
        house.ana.edit("prompts.zh.yaml", "welcome: 您好", "welcome: 早上好")
        await house.publish()
        await until(lambda: len(made) == 2)
    assert made == [["您好"], ["您好", "早上好"]]


# -- versions that cannot be served ----------------------------------------------------------------


def add_broken(database: Database, onto: int) -> None:
    """What a newer Careline may have published that this one does not understand."""
    texts = {**FILES, "main.yaml": FILES["main.yaml"].replace("menu: choose", "oracle: choose")}
    files = FlowFiles(texts)
    assert database.versions.add(files, onto=onto, at=MORNING, who="bo", why="") is not None


async def test_a_version_that_cannot_be_loaded_is_refused_once_and_the_old_one_goes_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with house.answering() as app:
        add_broken(house.database, onto=1)
        await until(lambda: "refused" in caplog.text)
        await asyncio.sleep(SOON)  # time for two more looks
        await call(app, "meanwhile")
        errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
        assert len(errors) == 1
        assert errors[0].startswith("version 2 of the flows is refused: main.yaml:")
        assert errors[0].endswith("; version 1 goes on serving")
        assert "\n" not in errors[0]
        house.ana.edit("prompts.zh.yaml", "welcome: 您好", "welcome: 早上好")
        await asyncio.to_thread(house.ana.publish, replaces=2)
        await until(lambda: app.live.edition.number == 3)
    assert house.record("meanwhile").summary.version == 1


async def test_what_was_published_under_milder_rules_is_still_served(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    lone = {**FILES, "lone.yaml": "steps: {first: {say: welcome, next: first}}"}
    files = FlowFiles(lone)
    assert house.database.versions.add(files, onto=None, at=MORNING, who="bo", why="")
    async with house.answering() as app:
        assert app.live.edition.number == 1
        assert "lone" in app.hotline.flows
    assert "by today's rules" in caplog.text
    house.ana.write("lone.yaml", lone["lone.yaml"])
    with pytest.raises(BrokenFlow):
        house.ana.publish(replaces=1)


async def test_an_engine_that_starts_goes_back_to_the_newest_version_it_can_load(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with house.answering():
        pass
    add_broken(house.database, onto=1)
    add_broken(house.database, onto=2)
    async with house.answering() as app:
        assert app.live.edition.number == 1
        await asyncio.sleep(SOON)
        assert app.live.edition.number == 1
    assert [r.getMessage()[:9] for r in caplog.records if r.levelname == "ERROR"][:2] == [
        "version 3",
        "version 2",
    ]


async def test_an_engine_without_any_version_it_can_load_says_why_and_does_not_start(
    house: House,
) -> None:
    broken = FlowFiles({"center.yaml": "center: {}"})
    assert house.database.versions.add(broken, onto=None, at=MORNING, who="bo", why="")
    with pytest.raises(BrokenFlow):
        async with house.answering():
            pass


async def test_a_store_that_cannot_be_read_is_told_once_and_looked_at_again(
    tmp_path: Path,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ivr.publish.live.EVERY", 0.01)
    ana = Supervisor("ana", tmp_path / "flows", database.versions)
    release.begin(database.versions, ana.folder, MORNING)
    taken: list[int] = []

    async def changed(_before: Edition, edition: Edition) -> None:
        taken.append(edition.number)

    live = Live(
        database.versions,
        tmp_path / "var",
        Edition(1, load(ana.folder)),
        changed,
        lambda: MORNING,
    )
    looks = 0

    def fails() -> int:
        nonlocal looks
        looks += 1
        raise StoreError("The database is away.")

    with monkeypatch.context() as trouble:
        trouble.setattr(database.versions, "latest", fails)
        live.open()
        await until(lambda: looks >= 3)
    ana.edit("prompts.zh.yaml", "welcome: 您好", "welcome: 早上好")
    await asyncio.to_thread(ana.publish)
    await until(lambda: taken == [2])
    await live.close()
    assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1
    assert "The database is away." in caplog.text
