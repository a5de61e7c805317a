"""What is the engine doing at the moment, so that it can stop in good order?"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import cast


class Tasks:
    """Work under way: some of it must end when the engine stops, some must be done before."""

    def __init__(self) -> None:
        self._served: set[asyncio.Task[None]] = set()
        self._done_first: set[asyncio.Task[None]] = set()

    @contextmanager
    def until_stopped(self) -> Iterator[None]:
        """Have `stop` cancel the running task."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._served.add(task)
        try:
            yield
        finally:
            self._served.discard(task)

    def start(self, work: Coroutine[object, object, None], name: str) -> None:
        """Do something that must be done before the engine stops."""
        task = asyncio.create_task(work, name=name)
        self._done_first.add(task)
        task.add_done_callback(self._done_first.discard)

    def stop(self) -> None:
        """Cancel what must end."""
        for task in self._served:
            task.cancel()

    async def done(self) -> None:
        """Wait for what must be done."""
        await asyncio.gather(*self._done_first, return_exceptions=True)
