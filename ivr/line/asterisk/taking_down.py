"""How is a Record put to Asterisk's RECORD FILE, and how does it end?"""

import asyncio
from contextlib import suppress
from pathlib import Path

from ivr.errors import LineError
from ivr.line import voice_file
from ivr.line.asterisk import agi
from ivr.line.asterisk.channel import (
    CLEAR_UP,
    PROMPT,
    SELF_STOP,
    STOP_AGAIN,
    Channel,
    Underway,
    finish,
)
from ivr.line.commands import Record, Recorded
from ivr.line.keypad import Keypad

STOP = "D"
"""The key by which the engine itself ends a recording, for there is no other way. Telephones for
people have no such key, and a keypad pays no attention to it."""

TONE = agi.command("EXEC", "Playtones", "!1000/400")
TONE_LASTS = 0.4
END_TONE = agi.command("EXEC", "StopPlaytones")


def words(command: Record, recording: Path) -> str:
    """The AGI command that takes down into `recording`, a .wav file, which appears at once.

    Its last second of silence stays, and 0.2 s are cut off before a key (res_agi.c). Raises
    LineError for a file that cannot be named to the switch, or whose folder is not there: asked to
    write one, Asterisk ends the AGI session and with it our hold on the call.
    """
    name = str(recording.absolute().with_suffix(""))
    if found := agi.UNSAFE_IN_PATH.search(name):
        raise LineError(f"Nothing can be recorded into {recording}: {found[0]!r} in its name.")
    if not recording.parent.is_dir():
        raise LineError(f"Nothing can be recorded into {recording}: there is no such folder.")
    most, silence = str(round(command.most * 1000)), max(1, round(command.silence))
    keys = command.end_keys + STOP
    return agi.command("RECORD FILE", name, "wav", keys, most, f"s={silence}")


async def record(command: Record, channel: Channel, keypad: Keypad) -> Recorded:
    """Take down what is said on a channel."""
    recording = voice_file.under_way(command.file)
    told, clock = words(command, recording), asyncio.get_running_loop().time
    began = clock()

    async def take_down() -> None:
        nonlocal began
        if command.tone:
            await _sound_tone(channel)
        began = clock()
        await _take_down(told, command.most + PROMPT, channel)

    try:
        key = await keypad.record(command, take_down())
        lasted = clock() - began
    finally:
        said = await asyncio.to_thread(voice_file.keep, recording, command.file)
    if key is not None:
        return Recorded(said, "key", key)
    return Recorded(said, "time" if lasted >= command.most else "silence")


async def _sound_tone(channel: Channel) -> None:
    await channel.done(TONE)
    try:
        await asyncio.sleep(TONE_LASTS)
    finally:
        if not channel.ending.cause:
            await channel.done(END_TONE)


async def _take_down(told: str, within: float, channel: Channel) -> None:
    """Record until the switch ends it; when cancelled, end it. Its file is whole at the end."""
    recording = channel.begin(told, within)
    try:
        await asyncio.shield(recording)
    except asyncio.CancelledError:
        await _end(recording, channel)
        raise
    finally:
        if channel.ending.cause and channel.ending.cause != "link":
            # The switch closes the file of a caller who is gone with the channel, or before.
            with suppress(TimeoutError):
                async with asyncio.timeout(CLEAR_UP):
                    await channel.hung_up.wait()


async def _end(recording: Underway, channel: Channel) -> None:
    """A key of the caller's ends it by itself; else we press one that callers have not."""
    with suppress(LineError, TimeoutError):
        await finish(recording, SELF_STOP)
        async with asyncio.timeout(CLEAR_UP):
            while not recording.done() and not channel.ending.cause:
                await channel.press(STOP)
                await finish(recording, STOP_AGAIN)
    recording.cancel()
