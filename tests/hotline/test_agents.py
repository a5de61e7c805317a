"""Agents at their phones and at the command line, on real Asterisk: codes, missed calls, pauses."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.app import App
from ivr.caller import Profile
from ivr.cli.main import run
from ivr.record import CallRecord
from ivr.store.database import Database
from tests.hotline.day import until
from tests.hotline.flows import lively
from tests.rig.engine import engine
from tests.rig.leg import Leg
from tests.rig.phone import Answers, Refuses, RingsOut
from tests.rig.rig import Rig

pytestmark = pytest.mark.switch

PATIENT = {"zh": 5, "senior_care": 5}
OLD = Profile("+8613911110072", "王秀兰", date(1954, 3, 12), ("zh",))
NUMBER = "13911110072"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """The hotline we ship, with phones that ring and agents who wrap up for two seconds."""
    return lively(tmp_path / "flows")


def agents(*names: str) -> list[AgentAccount]:
    return [AgentAccount(name, language="zh", skills=PATIENT) for name in names]


def state(app: App, agent: str) -> str:
    seat = app.desk.floor.agent(agent)
    return "away" if seat is None else seat.state


def account(app: App, agent: str) -> AgentAccount:
    with Database.open(app.settings.url) as database:
        return database.agents.get(agent)


async def record(app: App) -> CallRecord:
    """The newest call's record, once the call is over."""
    with Database.open(app.settings.url) as database:
        await until(
            "the record is complete",
            lambda: any(one.ended is not None for one in database.calls.list(limit=1)),
        )
        return database.calls.show(database.calls.list(limit=1)[0].call_id)


async def dial(rig: Rig, app: App, code: str, prompt: str) -> None:
    """Dial a feature code from ana's phone and wait until it was confirmed in ana's language."""
    spoken = app.hotline.wording.spoken(prompt, "zh", {}, {})
    assert spoken is not None
    leg: Leg = await rig.carrier.phone("ana").dial(code)
    await leg.until_heard_sound(app.prompts.make(spoken))
    await leg.until_ended()


async def test_codes_dialled_at_the_phone_log_in_pause_and_log_out(rig: Rig, flows: Path) -> None:
    async with engine(rig, agents("ana"), flows=flows) as app:
        await dial(rig, app, "*47", "feature_paused")
        assert (state(app, "ana"), account(app, "ana").paused) == ("paused", "break")
        await dial(rig, app, "*48", "feature_ready")
        assert (state(app, "ana"), account(app, "ana").paused) == ("free", None)
        await dial(rig, app, "*46", "feature_logged_out")
        assert (state(app, "ana"), account(app, "ana").logged_in) == ("away", False)
        await dial(rig, app, "*45", "feature_logged_in")
        assert (state(app, "ana"), account(app, "ana").logged_in) == ("free", True)


async def test_a_command_is_noticed_by_the_running_engine(
    rig: Rig, flows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine(rig, agents("ana"), flows=flows) as app:
        monkeypatch.setenv("CARELINE_HOME", str(rig.switches.home))
        monkeypatch.setenv("CARELINE_AMI_PORT", str(rig.switches.ami_port))
        assert await asyncio.to_thread(run, ["agents", "pause", "ana", "lunch"]) == 0
        await until("ana is paused", lambda: state(app, "ana") == "paused", within=3)
        assert await asyncio.to_thread(run, ["agents", "ready", "ana"]) == 0
        await until("ana is free", lambda: state(app, "ana") == "free", within=3)


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [(Refuses("busy"), "busy"), (Refuses("declined"), "declined"), (RingsOut(), "no_answer")],
)
async def test_a_caller_whom_one_agent_misses_is_offered_to_the_next(
    rig: Rig, flows: Path, behaviour: Refuses | RingsOut, cause: str
) -> None:
    async with engine(rig, agents("ana", "bea"), [OLD], flows=flows) as app:
        rig.carrier.phone("ana").behaviour = behaviour
        rig.carrier.phone("bea").behaviour = Answers(after=0.3, talks_for=4.0)
        call = await rig.carrier.call(NUMBER)
        await call.until_ended(60)
        kept = await record(app)
    refused = [event.data for event in kept.events if event.kind == "refused"]
    assert refused == [{"agent": "ana", "cause": cause}]
    assert kept.summary.agent == "bea"
    assert kept.summary.outcome == "answered"


async def test_an_agent_who_misses_two_calls_is_set_aside_and_stays_so(
    rig: Rig, flows: Path
) -> None:
    async with engine(rig, agents("ana", "bea"), [OLD], flows=flows) as app:
        rig.carrier.phone("ana").behaviour = Refuses("declined")
        rig.carrier.phone("bea").behaviour = Answers(after=0.3, talks_for=3.0)
        for _ in range(2):
            await until("ana is free", lambda: state(app, "ana") == "free")
            call = await rig.carrier.call(NUMBER)
            await call.until_ended(60)
            await until("bea is free", lambda: state(app, "bea") == "free")
        await until("ana is set aside", lambda: account(app, "ana").paused == "missed calls")
        assert state(app, "ana") == "paused"


async def test_a_phone_that_has_gone_is_not_rung(rig: Rig, flows: Path) -> None:
    async with engine(rig, agents("ana", "bea"), [OLD], flows=flows) as app:
        await rig.carrier.unplug("ana")
        await until("ana's phone is gone", lambda: not _reachable(app, "ana"))
        rig.carrier.phone("bea").behaviour = Answers(after=0.3, talks_for=3.0)
        call = await rig.carrier.call(NUMBER)
        await call.until_ended(60)
        kept = await record(app)
    assert kept.summary.agent == "bea"
    assert [event for event in kept.events if event.kind == "refused"] == []


def _reachable(app: App, agent: str) -> bool:
    seat = app.desk.floor.agent(agent)
    return seat is not None and seat.reachable


async def test_a_pause_asked_for_in_a_talk_begins_after_it(rig: Rig, flows: Path) -> None:
    async with engine(rig, agents("ana"), [OLD], flows=flows) as app:
        rig.carrier.phone("ana").behaviour = Answers(after=0.3)
        call = await rig.carrier.call(NUMBER)
        await until("ana talks", lambda: state(app, "ana") == "talking")
        await app.roster.change("ana", paused="lunch")
        assert state(app, "ana") == "talking"
        await call.hang_up()
        await until("ana is paused", lambda: state(app, "ana") == "paused")
        kept = await record(app)
    assert (kept.summary.outcome, kept.summary.hung_up_by) == ("answered", "caller")


async def test_a_waiting_caller_is_told_the_position_and_served_when_an_agent_is_free(
    rig: Rig, flows: Path
) -> None:
    async with engine(rig, agents("ana"), [OLD], flows=flows) as app:
        rig.carrier.phone("ana").behaviour = Answers(after=0.3)
        first = await rig.carrier.call(NUMBER)
        await until("ana talks", lambda: state(app, "ana") == "talking")
        second = await rig.carrier.call(NUMBER)
        position = app.hotline.wording.spoken(
            "queue_position", "zh", {"position": 1}, {}, slow=True, public={"position"}
        )
        assert position is not None
        await second.until_heard_sound(app.prompts.make(position), within=40)
        await first.hang_up()
        await until("ana talks again", lambda: state(app, "ana") == "talking", within=30)
        await second.hang_up()
