"""Does every line take down what a caller says, as `ivr.line.commands` says? The same calls on all."""

import asyncio
from pathlib import Path

import pytest

from ivr.errors import CallerHungUp
from ivr.line import voice_file
from ivr.line.commands import Answer, Listen, Record, Recorded, Silence
from ivr.line.line import Line
from tests.line.exchange import VOICE, Caller, Exchange
from tests.line.scenes import cancelled_after, clear, is_ready, meanwhile
from tests.rig import sound


def whole_files(file: Path) -> list[str]:
    """The recordings that count."""
    return [one.name for one in file.parent.glob("*.wav") if one != voice_file.under_way(file)]


def left_over(file: Path) -> bool:
    """Whether a recording lies there that does not."""
    return voice_file.under_way(file).exists()


def holds_a_voice(file: Path, seconds: float) -> bool:
    """Whether a recording holds the caller's voice for about so long, and next to nothing else."""
    tone = sound.find_tone(sound.read_wav(file), VOICE, seconds - 0.4)
    return tone is not None and abs(voice_file.seconds(file) - seconds) < 1.2


def test_what_a_caller_says_is_taken_down_until_a_key(exchange: Exchange, said: Path) -> None:
    async def call(line: Line, caller: Caller) -> None:
        clear(said)
        await line.perform(Answer())
        recording = asyncio.create_task(line.perform(Record(said)))
        await asyncio.sleep(0.8)
        await caller.talk(1.0)
        assert whole_files(said) == []
        await asyncio.sleep(0.2)
        await caller.press("#")
        recorded = await recording
        assert recorded == Recorded(voice_file.seconds(said), "key", "#")
        assert holds_a_voice(said, 1.0)
        await is_ready(line)

    exchange.serve(call)


def test_a_recording_ends_when_the_caller_falls_silent(exchange: Exchange, said: Path) -> None:
    async def call(line: Line, caller: Caller) -> None:
        clear(said)
        await line.perform(Answer())
        await caller.be_quiet()
        talking = meanwhile(caller.talk(1.0), 0.6)
        recorded = await line.perform(Record(said, silence=1))
        assert recorded == Recorded(voice_file.seconds(said), "silence")
        assert holds_a_voice(said, 1.0)
        await talking

    exchange.serve(call)


def test_a_recording_ends_when_its_time_is_up(exchange: Exchange, said: Path) -> None:
    async def call(line: Line, caller: Caller) -> None:
        clear(said)
        await line.perform(Answer())
        talking = meanwhile(caller.talk(2.0), 0.3)
        recorded = await line.perform(Record(said, most=1.0))
        assert recorded == Recorded(voice_file.seconds(said), "time")
        assert holds_a_voice(said, 1.0)
        await talking

    exchange.serve(call)


def test_a_recording_in_which_nothing_is_said_leaves_no_file(
    exchange: Exchange, said: Path
) -> None:
    async def call(line: Line, caller: Caller) -> None:
        clear(said)
        await line.perform(Answer())
        await caller.be_quiet()
        assert await line.perform(Record(said, silence=1)) == Recorded(0.0, "silence")
        assert whole_files(said) == []

    exchange.serve(call)


def test_zero_ends_a_recording_and_says_so(exchange: Exchange, said: Path) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("0"), 0.8)
        assert await line.perform(Record(said)) == Recorded(0.0, "key", "0")
        await pressing

    exchange.serve(call)


def test_other_keys_neither_end_a_recording_nor_answer_what_comes_next(
    exchange: Exchange, said: Path
) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        await caller.press("#")
        await asyncio.sleep(0.3)
        recording = asyncio.create_task(line.perform(Record(said)))
        await asyncio.sleep(0.8)
        await caller.press("5")
        await caller.talk(0.5)
        assert not recording.done()
        await asyncio.sleep(0.2)
        await caller.press("#")
        assert isinstance(outcome := await recording, Recorded)
        assert outcome.key == "#"
        assert await line.perform(Listen((), patience=0.5)) == Silence()

    exchange.serve(call)


def test_what_was_said_is_kept_when_the_caller_hangs_up(exchange: Exchange, said: Path) -> None:
    async def call(line: Line, caller: Caller) -> None:
        clear(said)
        await line.perform(Answer())
        recording = asyncio.create_task(line.perform(Record(said)))
        await asyncio.sleep(0.8)
        await caller.talk(1.0)
        await caller.hang_up()
        with pytest.raises(CallerHungUp):
            await recording
        assert holds_a_voice(said, 1.0)
        assert whole_files(said) == [said.name]
        assert not left_over(said)

    exchange.serve(call)


def test_what_was_said_is_kept_when_the_engine_changes_its_mind(
    exchange: Exchange, said: Path
) -> None:
    async def call(line: Line, caller: Caller) -> None:
        clear(said)
        await line.perform(Answer())
        talking = meanwhile(caller.talk(2.0), 0.6)
        await cancelled_after(line, Record(said), 1.7)
        assert holds_a_voice(said, 1.0)
        assert not left_over(said)
        await talking
        await is_ready(line)

    exchange.serve(call)
