"""How do tests happen all at once? A story begins as soon as the first story of its module does.

    @story
    async def test_a_caller_who_presses_zero_reaches_a_human(day: Day) -> None:
        caller = await day.rings("13800138000")
        await caller.press("0")
        await day.until_joined(caller)

In every other respect it is a test: pytest chooses it, reports it, and shows where it failed.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

Test = Callable[..., Awaitable[None]]


class HangsUp(Protocol):
    """Somebody in a call."""

    async def hang_up(self) -> None:
        """Put the receiver down."""


IN_A_CALL: ContextVar[list[HangsUp]] = ContextVar("in_a_call")
"""Who has rung in the story that is being told."""

ON_THAT_DAY = pytest.mark.asyncio(loop_scope="module")
"""Marks a test that waits for something in the day of its module."""


@dataclass(frozen=True, slots=True)
class Story:
    """A test that is a story, and its parameters."""

    test: Test
    details: Mapping[str, Any]


class Stories:
    """All stories of a module, told to one listener: the day on which they happen.

    At most `at_once` happen at the same time.
    """

    def __init__(self, stories: Iterable[Story], listener: object, at_once: int) -> None:
        self._stories = list(stories)
        self._listener = listener
        self._turns = asyncio.Semaphore(at_once)
        self._tasks: list[asyncio.Task[None]] = []
        self._told: set[int] = set()

    async def until_told(self, story: Story) -> None:
        """Wait for the end of a story; the first to ask begins them all."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._tell(one)) for one in self._stories]
        place = self._stories.index(story)
        if place in self._told and self._tasks[place].done():  # tried again, for it failed
            self._tasks[place] = asyncio.create_task(self._tell(story))
        self._told.add(place)
        await self._tasks[place]

    def __len__(self) -> int:
        return len(self._stories)

    @property
    def over(self) -> int:
        """How many are over, however they went."""
        return sum(task.done() for task in self._tasks)

    async def end(self) -> None:
        """Give up the stories that nobody has waited for."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self, story: Story) -> None:
        in_a_call: list[HangsUp] = []
        IN_A_CALL.set(in_a_call)
        async with self._turns:
            try:
                await story.test(self._listener, **story.details)
            except Exception:  # told again, it finds nobody who still keeps an agent busy
                await asyncio.gather(*(one.hang_up() for one in in_a_call), return_exceptions=True)
                raise


class HasStories(Protocol):
    """What a story is told to."""

    stories: Stories


def story(test: Test) -> Test:
    """Mark a test whose first argument is `day` as a story."""

    @functools.wraps(test)
    async def told(day: HasStories, **details: Any) -> None:
        await day.stories.until_told(Story(test, details))

    told.is_story = True  # type: ignore[attr-defined]
    marked: Test = ON_THAT_DAY(told)
    return marked


def stories_of(items: Iterable[pytest.Item], module: object) -> list[Story]:
    """The stories of `module` among the tests that pytest has chosen."""
    return [
        Story(item.function.__wrapped__, item.callspec.params if hasattr(item, "callspec") else {})
        for item in items
        if isinstance(item, pytest.Function)
        and item.module is module
        and getattr(item.function, "is_story", False)
    ]
