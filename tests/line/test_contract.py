"""Does every line do what `ivr.line.commands` says of prompts and keys? The same calls on all."""

import asyncio

from ivr.line.commands import Answer, Answered, Keyed, Listen, Play, Played, Silence
from ivr.line.line import Line
from tests.line.exchange import Caller, Exchange
from tests.line.scenes import LONG, QUESTION, SHORT, elapsed, meanwhile


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
        assert asyncio.get_running_loop().time() - began < 5.0  # it alone takes seven
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
