"""When a call is over nothing of it is kept in memory: a hotline runs for months."""

import asyncio
import gc
from collections import Counter
from datetime import date

from ivr.line.far_end import Answers, Press, Script
from ivr.line.virtual_time import run
from tests.call.hall import Hall

ZH = {"zh": 5, "senior_care": 5, "cards": 5}
CALLERS = (
    (Script((Press("0"),)), None),
    (Script((Press("1"),)), None),
    (Script(hang_up_at=3.0), None),
    (Script(), date(1950, 1, 1)),
)


def ours() -> "Counter[str]":
    gc.collect()
    kinds = (type(one) for one in gc.get_objects())
    return Counter(kind.__qualname__ for kind in kinds if str(kind.__module__).startswith("ivr."))


def test_calls_that_are_over_leave_nothing_behind() -> None:
    async def day() -> "Counter[str]":
        hall = Hall({name: (ZH, Answers(talks=10)) for name in ("ana", "bo")})

        async def calls(number: int) -> None:
            for far_end, birth in CALLERS:
                await hall.ring(f"1390000{number:04}", far_end, birth=birth)
                await asyncio.sleep(30)

        await calls(0)
        before = ours()
        for number in range(10):
            await calls(number)
        return ours() - before

    left = run(day())
    remembered = {"_CutOff": 40}  # who rings again is ahead
    assert {kind: count for kind, count in left.items() if count > remembered.get(kind, 3)} == {}
