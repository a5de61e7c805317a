"""Agents at their phones and at the command line: codes, missed calls, pauses, and who is next."""

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.cli.main import run
from ivr.store.database import Database
from routing.agent_events import MISSED
from tests.hotline.day import Caller, Day, until
from tests.hotline.flows import WRAP_UP
from tests.hotline.story import story
from tests.rig.phone import Answers, Refuses, RingsOut

pytestmark = pytest.mark.switch

# Every story has a language of its own, and so agents and callers of its own.
AGENTS = [
    AgentAccount("cleo", "Cleo", "en", {"fr": 5}),
    AgentAccount("dina", "Dina", "zh", {"fr": 5}),
    AgentAccount("gone", "Gone", "zh", {"fr": 5}),
    AgentAccount("hans", "Hans", "en", {"de": 5}),
    *(
        AgentAccount(f"{language}-{n}", language, "en", {language: 5})
        for language in ("es", "it", "nl", "fi")
        for n in (1, 2)
    ),
    AgentAccount("paula", "Paula", "en", {"pt": 5}),
    AgentAccount("sven", "Sven", "en", {"sv": 5}),
    AgentAccount("eleni", "Eleni", "en", {"el": 5, "senior_care": 5}),
    AgentAccount("hanna", "Hanna", "en", {"hu": 5}),
    AgentAccount("tom", "Tom", "en", {"tr": 5}),
]
CALLERS = [
    Profile(f"+86139777700{n:02}", "王芳", born, (language,))
    for n, (language, born) in enumerate(
        [
            *((language, date(1990, 1, 1)) for language in ("es", "it", "nl", "fi", "pt", "sv")),
            *(("el", born) for born in (date(1990, 1, 1), date(1991, 1, 1), date(1950, 1, 1))),
            *(("hu", born) for born in (date(1990, 1, 1), date(1991, 1, 1))),
            ("tr", date(1990, 1, 1)),
        ]
    )
]
ES, IT, NL, FI, PT, SV, EL_FIRST, EL_YOUNG, EL_OLD, HU_FIRST, HU_SECOND, TR = (
    f"139777700{n:02}" for n in range(12)
)
EXPECTED_ERRORS = r"the code \*45 of agent gone was not obeyed"


@pytest.fixture(scope="module", autouse=True)
def command_line(day: Day) -> Iterator[None]:
    """The careline command finds the hotline of the day."""
    settings = day.app.settings
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CARELINE_HOME", str(settings.home))
        environment.setenv("CARELINE_AMI_PORT", str(settings.ami_port))
        yield


async def dial(day: Day, agent: str, code: str, prompt: str) -> None:
    """Dial a code at an agent's phone, until it was confirmed in the agent's language."""
    language = next(one.language for one in AGENTS if one.name == agent)
    leg = await day.rig.carrier.phone(agent).dial(code)
    await leg.until_heard_sound(day.path(prompt, language))
    await leg.until_ended()


@story
@pytest.mark.parametrize("agent", ["cleo", "dina"])
async def test_codes_pause_log_out_and_log_in_and_are_confirmed(day: Day, agent: str) -> None:
    await dial(day, agent, "*47", "feature_paused")
    assert (day.state(agent), day.account(agent).paused) == ("paused", "break")
    await dial(day, agent, "*48", "feature_ready")
    assert (day.state(agent), day.account(agent).paused) == ("free", None)
    await dial(day, agent, "*46", "feature_logged_out")
    assert (day.state(agent), day.account(agent).logged_in) == ("away", False)
    await dial(day, agent, "*45", "feature_logged_in")
    assert (day.state(agent), day.account(agent).logged_in) == ("free", True)


@story
async def test_a_code_that_cannot_be_obeyed_ends_in_no_silence(day: Day) -> None:
    with Database.open(day.app.settings.url) as database:
        database.agents.remove("gone")
    leg = await day.rig.carrier.phone("gone").dial("*45")
    await leg.until_ended()
    await day.until_state("gone", "away")


@story
async def test_a_command_is_noticed_by_the_running_engine(day: Day) -> None:
    assert await asyncio.to_thread(run, ["agents", "pause", "hans", "lunch"]) == 0
    await day.until_state("hans", "paused")
    assert await asyncio.to_thread(run, ["agents", "ready", "hans"]) == 0
    await day.until_state("hans", "free")
    assert await asyncio.to_thread(run, ["agents", "logout", "hans"]) == 0
    await day.until_state("hans", "away")


@story
@pytest.mark.parametrize(
    ("number", "agent", "behaviour", "cause"),
    [
        (ES, "es-1", Refuses("busy"), "busy"),
        (IT, "it-1", Refuses("declined"), "declined"),
        (NL, "nl-1", RingsOut(), "no_answer"),
    ],
    ids=["busy", "declined", "no_answer"],
)
async def test_a_caller_whom_one_agent_misses_is_offered_to_the_next_at_once(
    day: Day, number: str, agent: str, behaviour: Refuses | RingsOut, cause: str
) -> None:
    day.rig.carrier.phone(agent).behaviour = behaviour
    caller = await day.rings(number)
    second, phone = await day.until_joined(caller)
    missed = day.rig.carrier.phone(agent).calls[-1]
    assert missed.ended_at is not None
    assert phone.invited_at - missed.ended_at < 3
    await caller.hang_up()
    record = await day.record(caller)
    refused = [event.data for event in record.events if event.kind == "refused"]
    assert refused == [{"agent": agent, "cause": cause}]
    assert [event.kind for event in record.events].count("waiting") == 1
    assert (second, record.summary.agent) == (agent.replace("1", "2"), second)


@story
async def test_an_agent_who_misses_twice_is_set_aside_until_back(day: Day) -> None:
    phone = day.rig.carrier.phone("sven")
    phone.next(RingsOut(), RingsOut())
    for _ in range(2):
        await day.until_state("sven", "free")
        caller = await day.rings(SV)
        await day.until_noted(caller, "refused")
        await caller.hang_up()
    await until("the store knows", lambda: day.account("sven").paused == MISSED)
    assert (day.state("sven"), len(phone.calls)) == ("paused", 2)
    caller = await day.rings(SV)
    await until("the caller waits", lambda: day.waiting("sv") == [caller.call_id])
    await dial(day, "sven", "*48", "feature_ready")
    await day.until_joined(caller)
    await caller.hang_up()
    assert day.account("sven").paused is None


@story
async def test_a_phone_that_has_gone_is_not_rung(day: Day) -> None:
    await day.rig.carrier.unplug("fi-1")
    await until("the phone is gone", lambda: not reachable(day, "fi-1"))
    caller = await day.rings(FI)
    agent, _ = await day.until_joined(caller)
    await caller.hang_up()
    assert agent == "fi-2"
    assert day.rig.carrier.phone("fi-1").calls == []


@story
async def test_a_pause_asked_for_in_a_talk_begins_after_it(day: Day) -> None:
    caller = await day.rings(PT)
    await day.until_joined(caller)
    assert await asyncio.to_thread(run, ["agents", "pause", "paula", "lunch"]) == 0
    await until("the engine has noticed", lambda: pause_of(day, "paula") == "lunch")
    assert day.state("paula") == "talking"
    await caller.hang_up()
    await day.until_state("paula", "paused")
    summary = (await day.record(caller)).summary
    assert (summary.outcome, summary.hung_up_by) == ("answered", "caller")


@story
async def test_an_elderly_caller_is_next_though_a_younger_one_has_waited_longer(day: Day) -> None:
    talking = await day.rings(EL_FIRST)
    await day.until_joined(talking)
    young, old = await day.rings(EL_YOUNG), await day.rings(EL_OLD)
    await until("both wait", lambda: len(day.waiting("el")) == 2)
    assert day.waiting("el") == [old.call_id, young.call_id]
    await talking.hang_up()
    await day.until_joined(old)
    assert day.waiting("el") == [young.call_id]
    await old.hang_up()
    await day.until_joined(young)
    await young.hang_up()


@story
async def test_a_waiting_caller_is_told_the_position_and_served_after_the_wrap_up(day: Day) -> None:
    day.rig.carrier.phone("hanna").behaviour = Answers(after=0.3)
    talking = await day.rings(HU_FIRST)
    _, first = await day.until_joined(talking)
    waiting: Caller = await day.rings(HU_SECOND)
    await waiting.leg.until_heard_sound(day.path("queue_position", "en", position=1))
    await talking.hang_up()
    await day.until_state("hanna", "wrap_up")
    _, second = await day.until_joined(waiting)
    assert first.ended_at is not None
    assert second.invited_at - first.ended_at == pytest.approx(WRAP_UP + 1, abs=1.2)
    await waiting.hang_up()


@story
async def test_a_wrap_up_is_made_longer_by_command_and_by_phone_and_ended_by_phone(
    day: Day,
) -> None:
    caller = await day.rings(TR)
    await day.until_joined(caller)
    await caller.hang_up()
    await day.until_state("tom", "wrap_up")
    assert await asyncio.to_thread(run, ["floor", "extend", "tom", "--by", "60s"]) == 0
    await dial(day, "tom", "*49", "feature_more_time")
    seat = day.app.desk.floor.agent("tom")
    assert seat is not None
    assert seat.until is not None
    assert seat.until - seat.since == pytest.approx(WRAP_UP + 60 + 120, abs=0.1)
    await dial(day, "tom", "*48", "feature_ready")
    assert day.state("tom") == "free"


def reachable(day: Day, agent: str) -> bool:
    seat = day.app.desk.floor.agent(agent)
    return seat is not None and seat.reachable


def pause_of(day: Day, agent: str) -> str | None:
    seat = day.app.desk.floor.agent(agent)
    return None if seat is None else seat.pause
