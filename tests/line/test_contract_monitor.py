"""Does every line record the call itself as `ivr.line.commands` says? The same call on all of them."""

import asyncio
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from ivr.errors import CallerHungUp
from ivr.line.commands import (
    AgentPhone,
    Answer,
    Connect,
    EndMonitor,
    Joined,
    Monitor,
    Monitored,
    Mute,
    Muted,
    Play,
    Record,
    Talk,
)
from ivr.line.line import Line
from ivr.line.speech_length import seconds
from recordings.sound import RATE, Samples
from tests.line.exchange import Caller, Exchange
from tests.line.scenes import SHORT, clear


@pytest.fixture
def monitored(tmp_path: Path) -> Path:
    """Where the recording of a call itself goes."""
    return tmp_path / "call-1.ivr.raw"


def both_sides(file: Path) -> tuple[Samples, Samples]:
    """What the caller said, and what they heard."""
    content = file.read_bytes()
    both = np.frombuffer(content[: len(content) // 4 * 4], "<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


def loud(samples: Samples) -> float:
    """For how many seconds something is to be heard."""
    whole = len(samples) // 160 * 160
    return float((np.abs(samples[:whole].reshape(-1, 160)).max(axis=1) > 256).sum()) / 50


def size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


async def written(file: Path) -> None:
    """Wait until the switch has let go of what it recorded."""
    for _ in range(20):
        before = size(file)
        await asyncio.sleep(0.4)
        if before and before == size(file):
            return
    raise AssertionError(f"{file.name} is still being written, or is not there")


async def heard_and_says_something(line: Line, caller: Caller, said: Path) -> None:
    """The caller hears a prompt, and then says something."""
    await line.perform(Play((SHORT,)))
    dictating = asyncio.create_task(line.perform(Record(said, silence=1.0, tone=False)))
    await asyncio.sleep(0.3)
    await caller.talk(1.0)
    await dictating


def test_both_sides_of_a_call_are_recorded_apart_but_for_what_is_muted_and_for_its_talk(
    exchange: Exchange, monitored: Path, said: Path
) -> None:
    async def call(line: Line, caller: Caller) -> None:
        clear(monitored)
        await line.perform(Answer())
        await caller.be_quiet()
        assert await line.perform(Mute()) == Muted(certain=True), "nothing is recorded yet"
        assert await line.perform(EndMonitor()) == Monitored(on=False)
        assert await line.perform(Monitor(monitored)) == Monitored(on=True)
        await heard_and_says_something(line, caller, said)
        assert await line.perform(Mute()) == Muted(certain=True)
        await heard_and_says_something(line, caller, said)
        assert await line.perform(Mute(on=False)) == Muted(certain=True)
        await line.perform(Play((SHORT,)))
        assert await line.perform(Connect(AgentPhone("ana"), ring=5)) == Joined()
        await caller.talk(0.5)
        await caller.hang_up()
        with suppress(CallerHungUp):
            await line.perform(Talk())
        await written(monitored)
        theirs, ours = both_sides(monitored)
        heard, muted = seconds(SHORT), round((seconds(SHORT) + 3.5) * RATE)
        assert loud(theirs) == pytest.approx(1.0, abs=0.3)
        assert loud(theirs[:muted]) == loud(theirs), "and not what was said later"
        assert loud(ours) == pytest.approx(2 * heard, abs=0.3)
        assert loud(ours[:muted]) == pytest.approx(heard, abs=0.2)

    exchange.serve(call)
