"""Is every line over, or ready again, when somebody hangs up or changes their mind?"""

import pytest

from ivr.errors import CallerHungUp, LineError
from ivr.line.commands import (
    AgentPhone,
    Answer,
    Command,
    Connect,
    HandBack,
    HandedBack,
    Hangup,
    Hold,
    HungUp,
    Listen,
    Play,
)
from ivr.line.line import Line
from tests.line.exchange import Caller, Exchange
from tests.line.scenes import LONG, SHORT, cancelled_after, is_ready, meanwhile


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
