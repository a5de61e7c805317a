"""Careline is killed in the middle of calls, comes back, and goes on with every one of them."""

import asyncio
import logging
import time
from datetime import date
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.record import CallRecord
from tests.faults.served import Served, begin, hotline, serving, standing_by
from tests.hotline.day import until, until_both_hear_each_other
from tests.hotline.flows import MENU, QUESTION
from tests.rig import sound
from tests.rig.leg import Leg
from tests.rig.phone import RingsOut
from tests.rig.rig import Rig

log = logging.getLogger(__name__)
pytestmark = pytest.mark.switch

AGENTS = [
    AgentAccount("ana", "Ana", "zh", {"zh": 5, "senior_care": 5}),
    AgentAccount("fay", "Fay", "fr", {"fr": 5}),
    AgentAccount("eva", "Eva", "es", {"es": 5}),
]
TALKS, FIRST, SECOND, RINGS, AT_MENU, KEYS, LEAVES = (f"1397777000{n}" for n in range(7))
ELDERLY = date(1950, 1, 1)
YOUNG = date(1990, 1, 1)
CALLERS = [
    *(Profile(f"+86{n}", "王秀兰", ELDERLY, ("zh",)) for n in (TALKS, FIRST, SECOND)),
    Profile(f"+86{RINGS}", "王芳", YOUNG, ("es",)),
    Profile(f"+86{LEAVES}", "王芳", YOUNG, ("fr",)),
]
BACK = 5.0
"""Seconds within which everybody is picked up again."""


async def test_every_call_goes_on_where_it_was(rig: Rig, tmp_path: Path) -> None:
    async with hotline(rig, tmp_path, AGENTS, CALLERS) as served:
        rig.carrier.phone("eva").behaviour = RingsOut()
        async with serving(served.settings) as engine, standing_by(served.settings) as another:
            talking, at_ana = await joined(served, TALKS, "ana")
            leaves, at_fay = await joined(served, LEAVES, "fay")
            first, second = [await waits(served, number) for number in (FIRST, SECOND)]
            rings, at_eva = await rig.carrier.call(RINGS), await rig.carrier.phone("eva").rung()
            at_menu = await rig.carrier.call(AT_MENU)
            await at_menu.until_heard(MENU)
            keys = await rig.carrier.call(KEYS)
            await keys.until_answered()
            await keys.press("21")
            await keys.until_heard(QUESTION)
            await asyncio.sleep(0.2)  # for the journal
            engine.kill()
            await engine.wait()
            killed = time.time()
            await at_fay.hang_up()  # nobody sees it
            await leaves.until_ended()
            asked, offered = (len(leg.heard()) for leg in (keys, at_menu))
            await begin(another)
            back = time.time()
            gone_on = [TALKS, FIRST, SECOND, RINGS, KEYS, AT_MENU]
            seen = [await served.until_noted(one, "picked_up", within=BACK) for one in gone_on]
            log.info("picked up %.1f s after the engine answered", max(seen) - back)
            assert max(seen) - back < BACK
            await until_both_hear_each_other(talking, at_ana)
            assert not any(leg.ended for leg in (talking, first, second, rings, keys, at_menu))
            # The same steps: their prompts are said again.
            await heard_again(keys, QUESTION, asked)
            await heard_again(at_menu, MENU, offered)
            # The phone that rang for nobody is rung anew.
            await at_eva.until_ended()
            assert (await rig.carrier.phone("eva").rung(within=BACK)).caller_number == RINGS
            # The agent of the talk gets nobody until it is over, then the first who waits.
            assert len(rig.carrier.phone("ana").calls) == 1
            await at_ana.hang_up()
            await talking.until_ended()
            assert (await next_at(served, "ana", at_ana)).caller_number == FIRST
            await served.until_noted(FIRST, "joined")
            await first.hang_up()
            records = [await served.until_ended(number) for number in (TALKS, FIRST, LEAVES)]
            assert [record.summary.outcome for record in records] == ["answered"] * 3
            assert waited(records[1]) > back - killed
            assert kinds(records[0]).count("joined") == 1
            assert records[0].summary.agent == "ana"


async def joined(served: Served, number: str, agent: str) -> tuple[Leg, Leg]:
    caller = await served.rig.carrier.call(number)
    phone = await served.rig.carrier.phone(agent).rung()
    await served.until_noted(number, "joined")
    return caller, phone


async def waits(served: Served, number: str) -> Leg:
    caller = await served.rig.carrier.call(number)
    await served.until_noted(number, "waiting")
    return caller


async def heard_again(leg: Leg, hertz: int, begin: int) -> None:
    await until(
        f"{hertz} Hz is heard again",
        lambda: sound.find_tone(leg.heard()[begin:], hertz) is not None,
        BACK,
    )


async def next_at(served: Served, agent: str, last: Leg) -> Leg:
    phone = served.rig.carrier.phone(agent)
    await until(f"{agent}'s phone rings again", lambda: phone.calls[-1] is not last, 30)
    return phone.calls[-1]


def kinds(record: CallRecord) -> list[str]:
    return [event.kind for event in record.events]


def waited(record: CallRecord) -> float:
    assert record.summary.waited_s is not None
    return record.summary.waited_s
