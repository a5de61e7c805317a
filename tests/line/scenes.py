"""What do the scenarios of the contract suite have in common? Prompts, and hands that act meanwhile."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from ivr.line.commands import Command, Listen, Play, Played, Silence, Spoken
from ivr.line.line import Line

SHORT = Spoken("您好", "zh", name="hello")
QUESTION = Spoken("请按一", "zh", name="question")
LONG = Spoken("感谢您的来电，" * 4, "zh", name="long")
WHISPER = Spoken("英语来电", "zh", name="whisper")


async def soon(work: Coroutine[Any, Any, None], after: float) -> None:
    await asyncio.sleep(after)
    await work


def meanwhile(work: Coroutine[Any, Any, None], after: float) -> "asyncio.Task[None]":
    return asyncio.create_task(soon(work, after))


async def cancelled_after(line: Line, command: Command, seconds: float) -> None:
    """Perform `command`, and change one's mind."""
    performing = asyncio.create_task(line.perform(command))
    await asyncio.sleep(seconds)
    performing.cancel()
    with suppress(asyncio.CancelledError):
        await performing
    assert performing.cancelled()


async def is_ready(line: Line) -> None:
    """The line can be used, and nothing is left over from before."""
    assert await line.perform(Play((SHORT,))) == Played()
    assert await line.perform(Listen((), patience=0.5)) == Silence()


async def elapsed(line: Line, command: Command) -> float:
    clock = asyncio.get_running_loop().time
    began = clock()
    await line.perform(command)
    return clock() - began


def clear(file: Path) -> None:
    """Take away what the call left that is now played again."""
    file.unlink(missing_ok=True)
