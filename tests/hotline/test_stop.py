"""What callers notice when the engine stops: nothing, or a human.

Each story comes to the point where the engine stops, which it does when all have come there; what
the story tells after that happens without an engine.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date

import numpy as np
import pytest
import pytest_asyncio

from ivr.agent import AgentAccount
from ivr.app import App
from ivr.caller import Profile
from ivr.running import running
from tests.hotline.day import Caller, Day, listening, until, until_both_hear_each_other
from tests.hotline.flows import MENU, QUESTION, lively
from tests.hotline.story import ON_THAT_DAY, Story, stories_of, story
from tests.rig import sound
from tests.rig.engine import OPEN, clock, engine
from tests.rig.leg import Leg
from tests.rig.phone import RingsOut
from tests.rig.rig import Rig, Switches
from tests.rig.sound import Sound

pytestmark = pytest.mark.switch

SPEAKERS = {"fay": "fr", "gus": "de", "eva": "es", "ivo": "it"}
"""Agents, each of a language of their own."""
AGENTS = [
    *(AgentAccount(name, name, "en", {language: 5}) for name, language in SPEAKERS.items()),
    AgentAccount("zoe", "Zoe", "zh", {"zh": 5, "accounts": 5}),
    *(AgentAccount(f"spare-{n}", f"Spare {n}", "zh", {}) for n in range(24)),
]
TALKS, BUSY, WAITS, RINGS, IS_TOLD_OF = (f"1392222000{n}" for n in range(5))
CALLERS = [
    Profile(f"+86{number}", "王芳", date(1990, 1, 1), (language,))
    for number, language in [
        (TALKS, "fr"), (BUSY, "de"), (WAITS, "de"), (RINGS, "es"), (IS_TOLD_OF, "it"),
    ]
]  # fmt: skip


class LastDay(Day):
    """A day on which the engine stops."""

    def __init__(self, app: App, rig: Rig, stories: list[Story], engine: AsyncExitStack) -> None:
        super().__init__(app, rig, stories)
        self.stopped_at = self.stopping_took = 0.0
        """When the stop began (seconds since 1970), and how many seconds it took."""
        self._engine = engine
        self._ready = self._last = 0
        self._stopping = asyncio.Lock()

    async def just_before_the_engine_stops(self) -> None:
        """Wait until all stories that do not wait for this have come to their point."""
        self._last += 1
        await until("the others are ready", lambda: self._missing() <= self._last)

    async def engine_stops(self) -> None:
        """Stop the engine when every story has come to this point."""
        self._ready += 1
        await until("every story has come to its point", lambda: self._missing() <= 0)
        async with self._stopping:
            if not self.stopping_took:
                self.stopped_at = time.time()
                await self._engine.aclose()
                self.stopping_took = time.time() - self.stopped_at

    def _missing(self) -> int:
        return len(self.stories) - self.stories.over - self._ready

    async def until_taken(self, number: str, within: float = 6.0) -> Leg:
        """Wait until the switch has put a caller through to a phone, without an engine."""
        found: list[Leg] = []

        def taken() -> bool:
            phones = (self.rig.carrier.phone(agent.name) for agent in AGENTS)
            legs = (leg for phone in phones for leg in phone.calls)
            found[:] = [
                leg
                for leg in legs
                if leg.caller_number == number and leg.answered_at and not leg.ended
            ]
            return bool(found)

        await until(f"a phone is picked up for {number}", taken, within)
        return found[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(
    request: pytest.FixtureRequest, switches: Switches, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LastDay]:
    flows = lively(tmp_path_factory.mktemp("hotline") / "flows", ring=20)
    async with Rig.over(switches) as rig, AsyncExitStack() as running_engine:
        app = await running_engine.enter_async_context(engine(rig, AGENTS, CALLERS, flows=flows))
        stories = stories_of(request.session.items, request.module)
        day = LastDay(app, rig, stories, running_engine)
        with listening(day.log):
            yield day
            await day.stories.end()


@story
async def test_a_talk_goes_on_untouched(day: LastDay) -> None:
    caller = await day.rings(TALKS)
    _, phone = await day.until_joined(caller)
    await day.engine_stops()
    await until_both_hear_each_other(caller.leg, phone)
    await asyncio.sleep(1)
    assert not caller.leg.ended
    await phone.hang_up()
    await caller.leg.until_ended()
    assert (await day.record(caller)).summary.outcome == "talk_went_on"


@story
async def test_a_talk_after_which_a_question_was_to_come_ends_the_call(day: LastDay) -> None:
    caller = await day.rings("13922220012", at="transfers.agent")
    _, phone = await day.until_joined(caller)
    await day.engine_stops()
    await until_both_hear_each_other(caller.leg, phone)
    await phone.hang_up()
    await caller.leg.until_ended()


@story
async def test_a_waiting_caller_reaches_a_phone(day: LastDay) -> None:
    await day.until_joined(await day.rings(BUSY))
    caller = await day.rings(WAITS)
    await until("the caller waits", lambda: day.app.desk.floor.position(caller.call_id) == 1)
    await day.engine_stops()
    await reaches_a_phone(day, caller, WAITS)


@story
async def test_a_caller_for_whom_a_phone_rings_reaches_another(day: LastDay) -> None:
    day.rig.carrier.phone("eva").next(RingsOut())
    caller = await day.rings(RINGS)
    _, ringing = await day.until_offered(caller)
    await day.engine_stops()
    await ringing.until_ended()
    await reaches_a_phone(day, caller, RINGS)


@story
async def test_a_caller_whom_an_agent_is_just_told_of_reaches_a_phone(day: LastDay) -> None:
    day.rig.carrier.phone("ivo").next(RingsOut())
    caller = await day.rings(IS_TOLD_OF)
    _, phone = await day.until_offered(caller)
    await day.just_before_the_engine_stops()
    await phone.answer()
    await asyncio.sleep(0.05)
    assert day.state("ivo") == "ringing"
    await day.engine_stops()
    await reaches_a_phone(day, caller, IS_TOLD_OF)


@story
async def test_a_caller_in_a_menu_reaches_a_phone(day: LastDay) -> None:
    caller = await day.rings("13922220010")
    await caller.leg.until_heard(MENU)
    await day.engine_stops()
    await reaches_a_phone(day, caller, "13922220010")


@story
async def test_a_caller_who_keys_digits_reaches_a_phone(day: LastDay) -> None:
    caller = await day.rings("13922220011")
    await caller.press("21")
    await caller.leg.until_heard(QUESTION)
    await caller.press("88")
    await day.engine_stops()
    await reaches_a_phone(day, caller, "13922220011")


@story
async def test_callers_who_ring_in_that_very_moment_reach_a_phone(day: LastDay) -> None:
    async def rings_after(seconds: float, number: str) -> Leg:
        await asyncio.sleep(seconds)
        return await day.rig.carrier.call(number)

    numbers = [f"139222201{n:02}" for n in range(16)]
    await day.just_before_the_engine_stops()
    calls = [
        asyncio.create_task(rings_after(0.003 * n, number)) for n, number in enumerate(numbers)
    ]
    await day.engine_stops()
    await asyncio.gather(*calls)
    await asyncio.gather(*(day.until_taken(number) for number in numbers))


@story
async def test_a_caller_who_rings_later_reaches_a_phone(day: LastDay) -> None:
    await day.engine_stops()
    caller = await day.rig.carrier.call("13922220020")
    await until_both_hear_each_other(caller, await day.until_taken("13922220020"))


@ON_THAT_DAY
async def test_stopping_takes_some_seconds_at_most(day: LastDay) -> None:
    assert 0 < day.stopping_took < 10


@ON_THAT_DAY
async def test_an_engine_that_starts_again_gets_the_new_calls(day: LastDay) -> None:
    await day.rig.carrier.clear()
    async with running(day.app.settings, clock(OPEN)) as app:
        day.app = app
        caller = await day.rings(TALKS)
        agent, phone = await day.until_joined(caller)
        await until_both_hear_each_other(caller.leg, phone)
        await phone.hang_up()
        record = await day.record(caller)
    assert (agent, record.summary.outcome) == ("fay", "answered")


async def reaches_a_phone(day: LastDay, caller: Caller, number: str) -> None:
    """Reach a phone that the switch alone has rung, never having heard silence."""
    phone = await day.until_taken(number)
    await until_both_hear_each_other(caller.leg, phone)
    assert caller.leg.answered_at is not None
    assert phone.answered_at is not None
    begins, ends = (
        round((at - caller.leg.answered_at) * sound.RATE)
        for at in (day.stopped_at, phone.answered_at)
    )
    assert longest_silence(caller.leg.heard()[begins:ends]) < 2
    assert (await day.record(caller)).summary.outcome == "handed_back"


def longest_silence(heard: Sound) -> float:
    """For how many seconds at most nothing was heard."""
    frames = heard[: len(heard) // 160 * 160].reshape(-1, 160)
    loud = np.flatnonzero(np.abs(frames).max(axis=1) > 0.002)
    return float(np.diff(np.concatenate([[-1], loud, [len(frames)]])).max() * 160 / sound.RATE)
