"""Does every line do what `ivr.line.commands` says? The same calls on all of them."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ivr.errors import CallerHungUp, LineError
from ivr.line import voice_file
from ivr.line.commands import (
    AgentPhone,
    Answer,
    Answered,
    Command,
    Connect,
    EndMonitor,
    HandBack,
    HandedBack,
    Hangup,
    Held,
    Hold,
    HungUp,
    Joined,
    Keyed,
    Listen,
    Monitor,
    Monitored,
    Mute,
    Muted,
    NotJoined,
    OutsideNumber,
    Play,
    Played,
    Record,
    Recorded,
    Silence,
    Spoken,
    Talk,
    TalkEnded,
)
from ivr.line.line import Line
from ivr.line.speech_length import seconds
from recordings.sound import RATE, Samples
from tests.line.exchange import VOICE, Caller, Exchange
from tests.rig import sound

SHORT = Spoken("您好", "zh", name="hello")
QUESTION = Spoken("请按一", "zh", name="question")
LONG = Spoken("感谢您的来电，" * 4, "zh", name="long")
WHISPER = Spoken("英语来电", "zh", name="whisper")


async def soon(work: Coroutine[Any, Any, None], after: float) -> None:
    await asyncio.sleep(after)
    await work


def meanwhile(work: Coroutine[Any, Any, None], after: float) -> "asyncio.Task[None]":
    return asyncio.create_task(soon(work, after))


async def cancelled_after(line: Line, command: Command, seconds: float) -> None:
    """Perform `command`, and change one's mind."""
    performing = asyncio.create_task(line.perform(command))
    await asyncio.sleep(seconds)
    performing.cancel()
    with suppress(asyncio.CancelledError):
        await performing
    assert performing.cancelled()


async def is_ready(line: Line) -> None:
    """The line can be used, and nothing is left over from before."""
    assert await line.perform(Play((SHORT,))) == Played()
    assert await line.perform(Listen((), patience=0.5)) == Silence()


async def elapsed(line: Line, command: Command) -> float:
    clock = asyncio.get_running_loop().time
    began = clock()
    await line.perform(command)
    return clock() - began


def test_answering_twice_is_harmless(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        assert await line.perform(Answer()) == Answered()
        assert await line.perform(Answer()) == Answered()

    exchange.serve(call)


def test_a_prompt_is_heard_to_the_end_when_nobody_presses(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        assert await elapsed(line, Play((SHORT, QUESTION))) >= 1.0

    heard = exchange.serve(call)
    assert heard.caller_heard(SHORT)
    assert heard.caller_heard(QUESTION)
    assert not heard.caller_heard(LONG)


def test_a_key_stops_a_prompt_and_is_used_up(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("5"), 0.5)
        assert await line.perform(Play((LONG, LONG))) == Played(stopped_by="5")
        await pressing
        assert await line.perform(Listen((), patience=0.5)) == Silence()

    exchange.serve(call)


def test_only_an_interrupt_key_stops_a_prompt_and_the_others_are_kept(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("30"), 0.4)
        assert await line.perform(Play((LONG,), interrupt="0")) == Played(stopped_by="0")
        await pressing
        assert await line.perform(Listen((QUESTION,))) == Keyed("3")

    exchange.serve(call)


def test_a_notice_without_interrupt_keys_is_heard_whole(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("1"), 0.2)
        assert await line.perform(Play((SHORT,), interrupt="")) == Played()
        await pressing

    exchange.serve(call)


def test_a_key_during_the_question_answers_it_at_once(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("2"), 0.5)
        began = asyncio.get_running_loop().time()
        assert await line.perform(Listen((LONG,))) == Keyed("2")
        assert asyncio.get_running_loop().time() - began < 2.0
        await pressing

    exchange.serve(call)


def test_keys_typed_ahead_answer_the_questions_to_come(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("123"), 0.2)
        assert await line.perform(Listen((LONG,))) == Keyed("1")
        await pressing
        assert await line.perform(Listen((LONG,))) == Keyed("2")
        assert await line.perform(Listen((LONG,), patience=1)) == Keyed("3")

    exchange.serve(call)


def test_keys_pressed_between_two_commands_are_not_lost(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        await caller.press("42")
        await asyncio.sleep(0.5)
        assert await line.perform(Listen((LONG,), most=2)) == Keyed("42")

    exchange.serve(call)


def test_without_barge_in_earlier_keys_do_not_count(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        await caller.press("7")
        during = meanwhile(caller.press("8"), 0.2)
        after = meanwhile(caller.press("9"), 1.5)
        listening = Listen((SHORT,), barge_in=False, patience=3)
        assert await line.perform(listening) == Keyed("9")
        await asyncio.gather(during, after)

    exchange.serve(call)


def test_patience_is_counted_from_the_end_of_the_prompt(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        assert await line.perform(Listen((SHORT,), patience=0.5)) == Silence()
        assert await elapsed(line, Listen((SHORT,), patience=1.0)) >= 1.5

    exchange.serve(call)


def test_an_entry_ends_when_it_is_full(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("1234"), 0.3)
        assert await line.perform(Listen((QUESTION,), most=4)) == Keyed("1234")
        await pressing

    exchange.serve(call)


def test_the_end_key_ends_an_entry_and_is_not_reported(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("12#"), 0.3)
        assert await line.perform(Listen((QUESTION,), most=8)) == Keyed("12")
        await pressing

    exchange.serve(call)


def test_only_the_end_key_is_silence(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("#"), 0.3)
        assert await line.perform(Listen((QUESTION,), most=8)) == Silence()
        await pressing

    exchange.serve(call)


def test_the_end_key_after_a_full_entry_does_not_answer_the_next_question(
    exchange: Exchange,
) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("12#"), 0.3)
        assert await line.perform(Listen((QUESTION,), most=2)) == Keyed("12")
        again = meanwhile(caller.press("5"), 1.0)
        assert await line.perform(Listen((QUESTION,), patience=3)) == Keyed("5")
        await asyncio.gather(pressing, again)

    exchange.serve(call)


def test_a_pause_ends_an_entry(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("12"), 0.3)
        assert await line.perform(Listen((QUESTION,), most=8, between=0.7)) == Keyed("12")
        await pressing

    exchange.serve(call)


def test_star_can_be_keyed(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("*"), 0.3)
        assert await line.perform(Listen((QUESTION,))) == Keyed("*")
        await pressing

    exchange.serve(call)


def test_a_secret_entry_is_taken_like_any_other(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("999999"), 0.3)
        listening = Listen((QUESTION,), most=6, secret=True)
        assert await line.perform(listening) == Keyed("999999")
        await pressing

    exchange.serve(call)


@pytest.fixture
def said(tmp_path: Path) -> Path:
    """Where a recording goes."""
    return tmp_path / "said.wav"


def clear(file: Path) -> None:
    """Take away what the call left that is now played again."""
    file.unlink(missing_ok=True)


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


def test_holding_lasts_as_long_as_asked(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        assert await line.perform(Hold(seconds=0.5)) == Held()
        await is_ready(line)

    exchange.serve(call)


def test_a_key_ends_holding(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("1"), 0.5)
        assert await line.perform(Hold()) == Held(stopped_by="1")
        await pressing

    exchange.serve(call)


def test_a_caller_meets_an_agent_and_comes_back_afterwards(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        connect = Connect(AgentPhone("quick"), ring=5, meanwhile=SHORT, and_then=True)
        assert await line.perform(connect) == Joined()
        assert await line.perform(Talk()) == TalkEnded()
        await is_ready(line)

    exchange.serve(call)


def test_the_switch_ends_a_last_talk(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        assert await line.perform(Connect(AgentPhone("quick"), ring=5)) == Joined()
        assert await line.perform(Talk()) == HungUp()
        with pytest.raises(CallerHungUp):
            await line.perform(Play((SHORT,)))

    exchange.serve(call)


@pytest.mark.parametrize("and_then", [True, False])
def test_a_caller_who_hangs_up_on_the_agent_is_gone(exchange: Exchange, and_then: bool) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        connect = Connect(AgentPhone("ana"), ring=5, and_then=and_then)
        assert await line.perform(connect) == Joined()
        leaving = meanwhile(caller.hang_up(), 0.5)
        with pytest.raises(CallerHungUp):
            await line.perform(Talk())
        await leaving

    exchange.serve(call)


def test_an_outside_number_can_be_reached(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        connect = Connect(OutsideNumber("01088880000"), ring=5, and_then=True)
        assert await line.perform(connect) == Joined()
        assert await line.perform(Talk()) == TalkEnded()

    exchange.serve(call)


@pytest.mark.parametrize(
    ("agent", "cause"),
    [
        ("busy", "busy"),
        ("decliner", "declined"),
        ("absent", "no_answer"),
        ("nobody", "unreachable"),
    ],
)
@pytest.mark.parametrize("and_then", [True, False])
def test_a_phone_that_is_not_answered_says_why_and_the_caller_stays(
    exchange: Exchange, agent: str, cause: Any, and_then: bool
) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        connect = Connect(AgentPhone(agent), ring=1, and_then=and_then)
        assert await line.perform(connect) == NotJoined(cause)
        await is_ready(line)

    exchange.serve(call)


def test_the_agent_alone_hears_the_whisper(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        connect = Connect(AgentPhone("ana"), ring=5, whisper=(WHISPER,))
        assert await line.perform(connect) == Joined()
        assert await line.perform(Hangup()) == HungUp()

    heard = exchange.serve(call)
    assert heard.agent_heard(WHISPER)
    assert not heard.caller_heard(WHISPER)


@pytest.mark.parametrize("and_then", [True, False])
def test_an_agent_who_hangs_up_in_the_whisper_leaves_the_caller_with_us(
    exchange: Exchange, and_then: bool
) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        connect = Connect(AgentPhone("leaver"), ring=5, whisper=(LONG,), and_then=and_then)
        assert await line.perform(connect) == NotJoined("declined")
        await is_ready(line)

    exchange.serve(call)


def test_keys_pressed_while_ringing_do_not_answer_later_questions(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("1"), 0.5)
        assert await line.perform(Connect(AgentPhone("absent"), ring=2)) == NotJoined("no_answer")
        await pressing
        assert await line.perform(Listen((), patience=0.5)) == Silence()

    exchange.serve(call)


def test_a_refused_call_can_be_offered_to_the_next_agent(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        assert await line.perform(Connect(AgentPhone("decliner"), ring=5)) == NotJoined("declined")
        assert await line.perform(Hold(seconds=0.2)) == Held()
        assert await line.perform(Connect(AgentPhone("ana"), ring=5)) == Joined()

    exchange.serve(call)


@pytest.mark.parametrize(
    "command",
    [
        Play((LONG,)),
        Listen((LONG,)),
        Listen((), patience=9),
        Hold(),
        Connect(AgentPhone("absent")),
        Connect(AgentPhone("ana"), whisper=(LONG,)),
    ],
    ids=["prompt", "question", "silence", "hold", "ringing", "whisper"],
)
def test_a_caller_may_hang_up_during_anything(exchange: Exchange, command: Command) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        leaving = meanwhile(caller.hang_up(), 1.2)
        with pytest.raises(CallerHungUp):
            await line.perform(command)
        await leaving
        with pytest.raises(CallerHungUp):
            await line.perform(Play((SHORT,)))
        with pytest.raises(CallerHungUp):
            await line.perform(Hangup())

    exchange.serve(call)


@pytest.mark.parametrize(
    "command",
    [
        Play((LONG,)),
        Listen((LONG,)),
        Listen((), patience=9),
        Hold(),
        Connect(AgentPhone("absent")),
        Connect(AgentPhone("absent"), and_then=True),
        Connect(AgentPhone("ana"), whisper=(LONG,)),
    ],
    ids=["prompt", "question", "silence", "hold", "ringing", "ringing_and_then", "whisper"],
)
def test_changing_one_s_mind_leaves_the_line_ready(exchange: Exchange, command: Command) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        await cancelled_after(line, command, 1.2)
        await is_ready(line)

    exchange.serve(call)


def test_changing_one_s_mind_at_once_leaves_the_line_ready(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        for command in (Play((LONG,)), Hold(), Connect(AgentPhone("absent"))):
            await cancelled_after(line, command, 0.01)
        await is_ready(line)

    exchange.serve(call)


def test_hanging_up_is_the_end(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        assert await line.perform(Hangup()) == HungUp()
        with pytest.raises(LineError):
            await line.perform(Play((SHORT,)))

    exchange.serve(call)


def test_a_call_handed_back_is_no_longer_ours(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        assert await line.perform(HandBack()) == HandedBack()
        with pytest.raises(LineError):
            await line.perform(Play((SHORT,)))

    exchange.serve(call)


def test_nothing_but_talking_can_be_done_in_a_talk(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        assert await line.perform(Connect(AgentPhone("ana"), ring=5)) == Joined()
        with pytest.raises(LineError):
            await line.perform(Play((SHORT,)))
        await asyncio.sleep(0.5)
        assert await line.perform(Hangup()) == HungUp()

    exchange.serve(call)


def test_a_talk_can_be_handed_back(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        assert await line.perform(Connect(AgentPhone("ana"), ring=5)) == Joined()
        assert await line.perform(HandBack()) == HandedBack()
        with pytest.raises(LineError):
            await line.perform(Hangup())

    exchange.serve(call)


def test_there_is_no_talk_without_a_connection(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        with pytest.raises(LineError):
            await line.perform(Talk())

    exchange.serve(call)
