"""News for a call comes whenever it likes, also while a phone that rang is still being freed."""

import asyncio

from ivr.bell import Bell
from ivr.line.virtual_time import run


async def rings_a_phone(freed: list[float]) -> str:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(2)  # as long as the switch takes to hang up
        freed.append(asyncio.get_running_loop().time())
        raise
    return "picked up"


def test_news_that_comes_while_a_phone_is_being_freed_harms_nobody() -> None:
    async def day() -> tuple[str | None, list[float], float]:
        bell, freed = Bell(), list[float]()
        ringing = asyncio.ensure_future(bell.stops(rings_a_phone(freed)))
        await asyncio.sleep(5)
        bell.ring()  # withdrawn
        await asyncio.sleep(1)
        bell.ring()  # and offered to somebody else already
        outcome = await ringing
        bell.heard()
        began = asyncio.get_running_loop().time()
        assert await bell.stops(rings_a_phone(freed)) == "picked up"
        return outcome, freed, asyncio.get_running_loop().time() - began

    outcome, freed, rang = run(day())
    assert outcome is None
    assert len(freed) == 1, "the phone was freed, once and wholly"
    assert rang == 60


def test_who_picked_up_as_the_bell_rang_is_not_taken_back() -> None:
    async def day() -> str | None:
        bell = Bell()

        async def picks_up() -> str:
            bell.ring()
            return "picked up"

        return await bell.stops(picks_up())

    assert run(day()) == "picked up"
