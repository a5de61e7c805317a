"""A secret is keyed in a talk, and the talk ends: which of the two ends first?"""

import asyncio

import pytest

from ivr import secure_entry
from ivr.secure_entry import Entries, Result


async def test_a_talk_that_is_over_waits_for_its_entry_to_be_over() -> None:
    entries, joined_again = Entries(), asyncio.Event()

    async def broken_off() -> Result:
        await joined_again.wait()
        return Result("broken_off")

    taking = asyncio.create_task(entries.take(broken_off()))
    await asyncio.sleep(0)
    ending = asyncio.create_task(entries.over())
    await asyncio.sleep(0.05)
    seen = [entries.newest]
    assert not ending.done()
    joined_again.set()
    await ending
    assert [*seen, entries.newest] == ["under_way", Result("broken_off")]
    await taking


async def test_it_waits_no_longer_than_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secure_entry, "LINGERS", 0.05)
    entries = Entries()

    async def never() -> Result:
        await asyncio.Event().wait()
        return Result("right")

    taking = asyncio.create_task(entries.take(never()))
    await asyncio.sleep(0)
    await entries.over()
    seen = [entries.newest]
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    assert [*seen, entries.newest] == ["under_way", Result("broken_off")]


async def test_a_talk_without_an_entry_waits_for_nothing() -> None:
    async with asyncio.timeout(1):
        await Entries().over()
