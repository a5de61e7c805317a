"""How does a long simulated call take no time?

`run` is `asyncio.run` on a loop whose clock jumps to the next timer whenever nothing is left to do.
Work handed to threads is waited for in real time while the clock stands still. Sockets are polled,
never waited for: a loop for simulations, not for servers.
"""

import asyncio
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from contextvars import Context
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")

THREAD_POLL = 0.005
"""Seconds between looks at work in threads."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` starts at 0 and moves only when everybody is waiting.

    Its timers are kept in a heap of tuples, which C compares: the heap of asyncio compares them in
    Python, which would be a tenth of a simulated call.
    """

    _ready: deque[asyncio.Handle]  # asyncio's own: what is to be done next

    def __init__(self) -> None:
        super().__init__(_JumpingSelector(self))
        self.now = 0.0
        self.in_threads = 0
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = count()  # parts timers of the same time, the older first

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self.now

    def call_at(  # type: ignore[override]  # typeshed spells the arguments as a TypeVarTuple
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """As asyncio's."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        if when <= self.now:
            self._ready.append(timer)  # as asyncio does with what is due
        else:
            heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def jump(self) -> bool:
        """Go to the time of the next timer and let all of that time ring; False if there is none."""
        timers = self._timers
        while timers and timers[0][2].cancelled():
            heappop(timers)
        if not timers:
            return False
        self.now = timers[0][0]
        while timers and timers[0][0] <= self.now:
            self._ready.append(heappop(timers)[2])
        return True

    def run_in_executor(  # type: ignore[override]  # typeshed spells the arguments as a TypeVarTuple
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> "asyncio.Future[T]":
        """As asyncio's; the clock stands still until the thread is done."""
        future = super().run_in_executor(executor, func, *args)
        self.in_threads += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _: "asyncio.Future[Any]") -> None:
        self.in_threads -= 1


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop
        self._sockets = 0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        self._sockets += 1
        return super().register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        self._sockets -= 1
        return super().unregister(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Poll; with nothing else to do (no timeout), let time pass."""
        # With nothing registered but the loop's own pipe, which only threads write into, there is
        # nothing to ask the system for.
        found = super().select(0) if self._sockets > 1 else []
        if found or timeout is not None:
            return found
        if self._loop.in_threads or not self._loop.jump():
            return super().select(THREAD_POLL)
        return []


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end under virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
