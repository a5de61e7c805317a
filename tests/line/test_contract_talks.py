"""Does every line hold, connect and part people as `ivr.line.commands` says? The same calls on all."""

import asyncio
from typing import Any

import pytest

from ivr.errors import CallerHungUp, LineError
from ivr.line.commands import (
    AgentPhone,
    Answer,
    Connect,
    HandBack,
    HandedBack,
    Hangup,
    Held,
    Hold,
    HungUp,
    Joined,
    Listen,
    NotJoined,
    OutsideNumber,
    Play,
    Silence,
    Talk,
    TalkEnded,
)
from ivr.line.line import Line
from tests.line.exchange import Caller, Exchange
from tests.line.scenes import LONG, SHORT, WHISPER, is_ready, meanwhile


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
