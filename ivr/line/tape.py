"""What does a simulated line take down of a caller who only says for how long they talk?"""

import asyncio
from array import array

from ivr.line import voice_file
from ivr.line.commands import Record

TONE = 0.4
"""Seconds of the tone that asks the caller to begin."""


class Tape:
    """One caller's voice, as far as it has gone; a hum stands for it. Made in a running loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._talks: list[tuple[float, float]] = []  # when each begins and ends
        self._begun: float | None = None

    def talk(self, seconds: float) -> None:
        """The caller begins to talk now."""
        self._talks.append((self._loop.time(), self._loop.time() + seconds))

    async def run(self, command: Record) -> None:
        """Listen from the tone until the caller is silent for long enough, or the time is up."""
        self._begun = None
        if command.tone:
            await asyncio.sleep(TONE)
        begun = self._begun = self._loop.time()
        # The end moves while the caller talks.
        while (left := self._ends(begun, command) - self._loop.time()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)

    def timed_out(self, command: Record) -> bool:
        """Whether it was the time that ended it, and no silence."""
        begun = self._loop.time() if self._begun is None else self._begun
        return self._loop.time() >= begun + command.most

    def keep(self, command: Record) -> float:
        """Write what was said until now; how many seconds."""
        now = self._loop.time()
        begun = now if self._begun is None else self._begun
        said = [(max(begun, at), min(now, end)) for at, end in self._talks]
        said = [(at, end) for at, end in said if end > at]
        if not said:
            return 0.0
        first, last = said[0][0], max(end for _, end in said)
        samples = array("h", bytes(2 * round((last - first) * voice_file.RATE)))
        for at, end in said:
            hum = voice_file.hum(end - at)
            place = round((at - first) * voice_file.RATE)
            samples[place : place + len(hum)] = hum
        voice_file.write(command.file, samples)
        return len(samples) / voice_file.RATE

    def _ends(self, begun: float, command: Record) -> float:
        quiet_since = max([begun, *(end for _, end in self._talks)])
        return min(begun + command.most, quiet_since + command.silence)
