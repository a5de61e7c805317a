"""What does the recording of a simulated call hold? A hum for each who is heard, at its time."""

import asyncio
import sys
from array import array
from pathlib import Path

from ivr.line import voice_file

FADES = 0.4
"""Seconds in which the sound of the last key of a secret fades away, before it is recorded again."""
THEIRS, OURS = 0, 1
"""The caller is on the left, what they hear on the right."""


class Monitor:
    """The recording of what a caller says, and hears, from now on into `file`."""

    def __init__(self, file: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._file = file
        self._began = self._loop.time()
        self._heard: list[tuple[int, float, float]] = []  # the side, and when it begins and ends
        self._muted: list[float] = []  # when it was muted, when that ended, when muted again …

    def sounds(self, side: int, seconds: float) -> None:
        """A side is heard from now on for so long."""
        now = self._loop.time()
        self._heard.append((side, now, now + seconds))

    def falls_silent(self, side: int) -> None:
        """What was to be heard of a side longer than until now is not."""
        now = self._loop.time()
        self._heard = [
            (one, begin, min(end, now) if one == side else end) for one, begin, end in self._heard
        ]

    def mute(self, *, on: bool) -> None:
        """Record nothing from now on, or record again."""
        if on != bool(len(self._muted) % 2):
            self._muted.append(self._loop.time())

    def end(self) -> None:
        """Write the file."""
        until = self._loop.time()
        samples = array("h", bytes(4 * self._frame(until)))
        for side, begin, end in self._heard:
            first, last = self._frame(max(begin, self._began)), self._frame(min(end, until))
            hum = voice_file.hum((last - first) / voice_file.RATE + 1)[: max(0, last - first)]
            samples[2 * first + side : 2 * (first + len(hum)) : 2] = hum
        edges = [*self._muted, until] if len(self._muted) % 2 else self._muted
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            first, last = self._frame(begin), self._frame(end)
            samples[2 * first : 2 * last] = array("h", bytes(4 * (last - first)))
        if sys.byteorder == "big":
            samples.byteswap()
        self._file.write_bytes(samples)

    def _frame(self, at: float) -> int:
        return max(0, round((at - self._began) * voice_file.RATE))
