"""Does virtual time pass only when nothing else is to be done?"""

import asyncio
import time

from ivr.line import virtual_time


def test_an_hour_takes_no_time() -> None:
    async def sleeps() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    assert virtual_time.run(sleeps()) == 3600
    assert time.monotonic() - began < 5


def test_sleepers_wake_in_order() -> None:
    woken: list[float] = []

    async def sleeper(seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append(asyncio.get_running_loop().time())

    async def all_of_them() -> None:
        await asyncio.gather(*(sleeper(seconds) for seconds in (3.0, 1.0, 2.0)))

    virtual_time.run(all_of_them())
    assert woken == [1.0, 2.0, 3.0]


def test_the_clock_stands_still_while_a_thread_works() -> None:
    async def works() -> float:
        sleeping = asyncio.create_task(asyncio.sleep(1000))
        await asyncio.to_thread(time.sleep, 0.05)
        now = asyncio.get_running_loop().time()
        sleeping.cancel()
        return now

    assert virtual_time.run(works()) == 0


def test_a_deadline_is_met_on_the_dot() -> None:
    async def waits() -> float:
        try:
            async with asyncio.timeout(5):
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            pass
        return asyncio.get_running_loop().time()

    assert virtual_time.run(waits()) == 5


def test_a_timer_that_is_due_rings_though_others_never_rest() -> None:
    async def restless() -> bool:
        rung = asyncio.Event()
        asyncio.get_running_loop().call_later(0, rung.set)
        for _ in range(100):
            await asyncio.sleep(0)
        return rung.is_set()

    assert virtual_time.run(restless())


def test_a_timer_that_is_cancelled_by_another_of_the_same_time_does_not_ring() -> None:
    async def rivals() -> list[str]:
        rung: list[str] = []
        loop = asyncio.get_running_loop()

        def rival() -> None:
            second.cancel()

        loop.call_later(1, rival)
        second = loop.call_later(1, rung.append, "second")
        loop.call_later(1, rung.append, "third")
        await asyncio.sleep(2)
        return rung

    assert virtual_time.run(rivals()) == ["third"]
