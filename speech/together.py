"""Several are asked at once: how long is the slowest waited for when another has the answer?"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from ivr.errors import HearingError

T = TypeVar("T")


async def answers(
    asked: Sequence[Coroutine[Any, Any, T]], enough: Callable[[T], bool], grace: float
) -> list[T | HearingError | None]:
    """What each says, in their order, or why it cannot; None of those that are still at it `grace`
    seconds after one has said `enough`. Raises what is no HearingError."""
    tasks = [asyncio.create_task(one) for one in asked]
    loop = asyncio.get_running_loop()
    pending, until = set(tasks), None
    try:
        while pending:
            left = None if until is None else max(0.0, until - loop.time())
            done, pending = await asyncio.wait(
                pending, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                break
            if until is None and any(_is(enough, one) for one in done):
                until = loop.time() + grace
        return [None if one in pending else _outcome(one) for one in tasks]
    finally:
        for one in pending:
            one.cancel()


def _is(enough: Callable[[T], bool], task: "asyncio.Task[T]") -> bool:
    return task.exception() is None and enough(task.result())


def _outcome(task: "asyncio.Task[T]") -> T | HearingError:
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, HearingError):
        return error
    raise error
