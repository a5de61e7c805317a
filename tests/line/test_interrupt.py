"""May key and voice cut a question short, each by itself? The same calls on all lines."""

import asyncio
from dataclasses import replace

from ivr.line.commands import Answer, Keyed, Listen, Utterance
from ivr.line.line import Line
from tests.line.exchange import Caller, Exchange, Speaker, SpokenExchange
from tests.line.scenes import LONG, SHORT, meanwhile
from tests.line.test_spoken_contract import ASKED, HUMAN, SPEECH

BY_VOICE = replace(ASKED, spoken=(LONG,), interrupt="0")
BY_KEY = replace(ASKED, spoken=(LONG,), speech=replace(SPEECH, barge_in=False))


async def performed(line: Line, listen: Listen) -> tuple[object, float]:
    """What came of it, and after how many seconds."""
    began = asyncio.get_running_loop().time()
    outcome = await line.perform(listen)
    return outcome, asyncio.get_running_loop().time() - began


def test_a_key_that_may_not_cut_the_question_short_does_not_count(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        await caller.press("7")
        during = meanwhile(caller.press("8"), 0.2)
        after = meanwhile(caller.press("9"), 1.5)
        assert await line.perform(Listen((SHORT,), interrupt="0", patience=3)) == Keyed("9")
        await asyncio.gather(during, after)

    exchange.serve(call)


def test_zero_may_where_others_may_not(exchange: Exchange) -> None:
    async def call(line: Line, caller: Caller) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("50"), 0.3)
        outcome, took = await performed(line, Listen((LONG,), interrupt="0"))
        assert outcome == Keyed("0")
        assert took < 5.0  # the prompt alone takes seven
        await pressing

    exchange.serve(call)


def test_a_voice_may_where_keys_may_not(told_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("5"), 0.5)
        saying = meanwhile(caller.say(HUMAN), 1.0)
        outcome, took = await performed(line, BY_VOICE)
        assert isinstance(outcome, Utterance)
        assert took < 5.0
        await asyncio.gather(pressing, saying)

    told_exchange.serve(call)


def test_a_key_may_where_the_voice_may_not(told_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        saying = meanwhile(caller.say(HUMAN), 0.5)
        pressing = meanwhile(caller.press("5"), 1.5)
        outcome, took = await performed(line, BY_KEY)
        assert outcome == Keyed("5")
        assert took < 5.0
        await asyncio.gather(pressing, saying)

    told_exchange.serve(call)


def test_a_key_that_ends_a_voice_counts_also_where_keys_may_not_stop_the_prompt(
    told_exchange: SpokenExchange,
) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        saying = meanwhile(caller.say(HUMAN), 1.0)
        pressing = meanwhile(caller.press("5"), 1.3)
        assert await line.perform(BY_VOICE) == Keyed("5")
        await asyncio.gather(saying, pressing)

    told_exchange.serve(call)
