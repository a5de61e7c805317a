"""Which of the caller's keys belong to which command?

Every line feeds its keys here, so that typing ahead, barging in, pauses and end keys mean the same
on all of them. Nothing in this file is ever logged: a key may be part of a PIN.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from ivr.line.commands import (
    ALL_KEYS,
    Held,
    Hold,
    Keyed,
    Listen,
    Play,
    Played,
    Record,
    Silence,
)

MOST_KEPT = 64
"""Keys kept for later commands; a stuck or hostile phone presses the rest for nothing."""

STRAY = 2.0
"""Seconds in which the key that ends a recording may come late: it has just ended by itself."""

Say = Callable[[str], Coroutine[Any, Any, None]]
"""Says the command's prompts; the argument holds the keys that may cut them short. It must end its
sound when cancelled, and is not required to end it at a key by itself."""


class Keypad:
    """The keys of one caller: pressed, and not yet used by a command."""

    def __init__(self) -> None:
        self._kept: deque[str] = deque()
        self._arrival = asyncio.Event()
        self._trap: _Trap | None = None
        self._stray = ""
        self._stray_until = 0.0
        self.entry = ""
        """The keys of the entry that is being taken, or of the last one."""

    def press(self, key: str) -> None:
        """Take one key (of `ALL_KEYS`; the letters A to D that phones may send are ignored)."""
        if len(key) != 1 or key not in ALL_KEYS:
            return
        if self._is_stray(key):
            return
        if self._trap is not None and self._trap.catches(key):
            return
        if len(self._kept) < MOST_KEPT:
            self._kept.append(key)
            self._arrival.set()

    def forget(self) -> None:
        """Drop every key that no command has used."""
        self._kept.clear()
        self._arrival.clear()

    async def play(self, command: Play, say: Say) -> Played:
        """Say it; of the keys pressed meanwhile, the first in `interrupt` stops it.

        Keys typed ahead are left alone: they were meant for the question that follows.
        """
        return Played(await self._until_key(command.interrupt, say(command.interrupt)))

    async def hold(self, command: Hold) -> Held:
        """Wait `seconds`, or for ever, or until any key is pressed."""
        return Held(await self._until_key(ALL_KEYS, _wait(command.seconds)))

    async def record(self, command: Record, work: Coroutine[Any, Any, None]) -> str | None:
        """Do `work` until it is done or one of `end_keys` is pressed; no other key counts."""
        self.forget()
        key = await self._until_key(command.end_keys, work, others_count=False)
        if key is None:  # one who presses it all the same must not answer what comes next
            self._expect_stray(command.end_keys[:1], STRAY)
        return key

    async def listen(self, command: Listen, say: Say) -> Keyed | Silence:
        """Say it and collect one entry by the rules of `Listen`."""
        self._kept.extendleft(reversed(command.typed))
        self.entry = ""
        if not command.barge_in:
            await say("")
            self.forget()
        else:
            if command.spoken:  # where nothing is said there is nothing to be cut short
                self._keep_only(command.interrupt)
            if not self._kept:
                trap = _Trap(command.interrupt, keeps=False, others_count=False)
                await self._until(trap, say(command.interrupt))
        keys = ""
        while len(keys) < command.most:
            key = await self._next(command.between if keys else command.patience)
            if key is not None and not keys and key in command.alone:
                return Keyed(key)
            if key is None or key == command.end_key:
                return Keyed(keys) if keys else Silence()
            self.entry = keys = keys + key
        self._swallow_end_key(command)
        return Keyed(keys)

    async def until_pressed(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do `work` until it is done or a key is pressed, which is kept; whether one was."""
        return await self._until(_Trap(ALL_KEYS, keeps=False), work) is not None

    def _swallow_end_key(self, command: Listen) -> None:
        """Let an end key pressed out of habit after a full entry not answer the next question."""
        if self._kept and self._kept[0] == command.end_key:
            self._kept.popleft()
        elif not self._kept:
            self._expect_stray(command.end_key, command.between)

    def _expect_stray(self, key: str, within: float) -> None:
        self._stray, self._stray_until = key, asyncio.get_running_loop().time() + within

    def _is_stray(self, key: str) -> bool:
        stray, self._stray = self._stray, ""
        return key == stray and asyncio.get_running_loop().time() <= self._stray_until

    async def _next(self, patience: float) -> str | None:
        if not self._kept:
            self._arrival.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._arrival.wait()
            except TimeoutError:
                return None
        return self._kept.popleft()

    def _keep_only(self, keys: str) -> None:
        self._kept = deque(key for key in self._kept if key in keys)

    async def _until_key(
        self, keys: str, work: Coroutine[Any, Any, None], *, others_count: bool = True
    ) -> str | None:
        """Do `work` until it is done or one of `keys` is pressed, which is used up and returned."""
        return await self._until(_Trap(keys, others_count=others_count), work)

    async def _until(self, trap: "_Trap", work: Coroutine[Any, Any, None]) -> str | None:
        """Do `work` until it is done or the trap has caught a key, which is returned."""
        self._trap = trap
        try:
            await trap.cuts(work)
        finally:
            self._trap = None
        return trap.caught


class _Trap:
    """Work that the first of some keys cuts short. It uses the key up, if it `keeps` it, and all
    keys before it unless `others_count`."""

    def __init__(self, keys: str, *, keeps: bool = True, others_count: bool = True) -> None:
        self.keys = keys
        self.keeps = keeps
        self.others_count = others_count
        self.caught: str | None = None
        self._cut: asyncio.Timeout | None = None

    def catches(self, key: str) -> bool:
        """Take a key; whether it is used up by that."""
        if self.caught is not None:
            return False
        if key not in self.keys:
            return not self.others_count
        self.caught = key
        if self._cut is not None:
            self._cut.reschedule(asyncio.get_running_loop().time())
        return self.keeps

    async def cuts(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work`; at a key cancel it, and go on when it has cleaned up."""
        # A timeout without a time, which comes due at the key: no task is needed for the work.
        try:
            async with asyncio.timeout(None) as self._cut:
                await work
        except TimeoutError:
            if self.caught is None:
                raise
        finally:
            self._cut = None


async def _wait(seconds: float | None) -> None:
    if seconds is None:
        await asyncio.get_running_loop().create_future()
    else:
        await asyncio.sleep(seconds)
