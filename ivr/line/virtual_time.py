"""How does a long simulated call take no time?

`run` is `asyncio.run` on a loop whose clock jumps to the next timer whenever nothing is left to do.
Work handed to threads is waited for in real time while the clock stands still. Sockets are polled,
never waited for: a loop for simulations, not for servers.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")

THREAD_POLL = 0.005
"""Seconds between looks at work in threads."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` starts at 0 and moves only when everybody is waiting."""

    def __init__(self) -> None:
        super().__init__(_JumpingSelector(self))
        self.now = 0.0
        self.in_threads = 0

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self.now

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

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or self._loop.in_threads:
            return super().select(THREAD_POLL if timeout is None else min(timeout, THREAD_POLL))
        # With nothing registered but the loop's own pipe, which only threads write into, there is
        # nothing to ask the system for.
        ready = super().select(0) if len(self.get_map()) > 1 else []
        if not ready and timeout > 0:
            self._loop.now += timeout
        return ready


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end under virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
