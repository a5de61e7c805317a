"""How are prompts and music played on a channel, and how do they end at once?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ivr.errors import LineError
from ivr.line.asterisk import agi, taking_down
from ivr.line.asterisk.channel import CLEAR_UP, SELF_STOP, STOP_AGAIN, Channel, Underway, finish
from ivr.line.commands import Spoken

Audio = Callable[[Spoken], Awaitable[Path]]
"""Gives the sound file of something to be said."""

MUSIC = "default"
LONGEST_SOUND = 600.0
SETTLE = 0.05
"""Seconds in which a stop that came too late is used up, so that it cannot stop the next prompt.
Whatever is no prompt, a phone to be rung above all, need not wait for that."""


class Playback:
    """The sounds of one channel, which are played one after the other."""

    def __init__(self, channel: Channel, audio: Audio) -> None:
        self._channel = channel
        self._audio = audio
        self._settled_at = 0.0

    async def say(self, spoken: Sequence[Spoken], interrupt: str) -> None:
        """Say it; Asterisk may stop at a key of `interrupt` by itself, and is stopped if cancelled."""
        for one in spoken:
            sound = agi.sound(await self._audio(one))
            stopped = await self._stream(sound, interrupt, 0)
            while stopped.result > 0:
                # Asterisk stopped at a key. Was it a key that counts, we are cancelled by now.
                await asyncio.sleep(SETTLE)
                stopped = await self._stream(sound, interrupt, stopped.endpos)

    async def music(self) -> None:
        """Begin the music on hold."""
        await self._channel.done(agi.command("SET MUSIC", "ON", MUSIC))

    async def end_music(self) -> None:
        """End the music on hold."""
        await self._channel.done(agi.command("SET MUSIC", "OFF"))

    async def quieten(self) -> None:
        """End whatever somebody else has begun: a prompt, a recording, music."""
        quiet = self._channel.begin(agi.command("SET MUSIC", "OFF"), CLEAR_UP)
        try:
            while not quiet.done():  # it comes after whatever is under way
                await self._stop()
                await finish(quiet, STOP_AGAIN)
                if not quiet.done():  # no prompt: a recording, then
                    await self._channel.press(taking_down.STOP)
            quiet.result()
        finally:
            quiet.cancel()

    async def _stream(self, sound: str, interrupt: str, start: int) -> agi.Result:
        """Play a sound from sample `start`; when cancelled, end it before returning."""
        await asyncio.sleep(self._settled_at - asyncio.get_running_loop().time())
        words = agi.command("STREAM FILE", sound, interrupt, str(start))
        playing = self._channel.begin(words, LONGEST_SOUND)
        try:
            return await asyncio.shield(playing)
        except asyncio.CancelledError:
            await self._cut(playing, stops_itself=bool(interrupt))
            raise

    async def _cut(self, playing: Underway, *, stops_itself: bool) -> None:
        with suppress(LineError):
            if stops_itself:
                await finish(playing, SELF_STOP)
            async with asyncio.timeout(CLEAR_UP):
                while not playing.done() and not self._channel.ending.cause:
                    await self._stop()
                    await finish(playing, STOP_AGAIN)
        playing.cancel()

    async def _stop(self) -> None:
        await self._channel.stop_sound()
        self._settled_at = asyncio.get_running_loop().time() + SETTLE
