"""Does every line that hears do what `Listen.speech` says?

The same calls on all of them; those that wait for long, or that nobody has recorded, on the lines
whose callers are `told` what to say.
"""

import asyncio
from dataclasses import replace

import pytest

from ivr.errors import CallerHungUp
from ivr.line.commands import (
    Answer,
    Grammar,
    Keyed,
    Listen,
    Outcome,
    Silence,
    Speech,
    Unclear,
    Utterance,
)
from ivr.line.line import Line
from tests.line.exchange import Speaker, SpokenExchange
from tests.line.scenes import LONG, QUESTION, SHORT, meanwhile

CARD, HUMAN = "카드를 잃어버렸어요", "상담원 연결해 주세요"
SPEECH = Speech((Grammar("ko", (CARD, HUMAN)),))
ASKED = Listen((QUESTION,), patience=2.0, speech=SPEECH)


async def asked(line: Line, caller: Speaker, listen: Listen, text: str, after: float) -> Outcome:
    """Perform `listen` while the caller says `text`."""
    await line.perform(Answer())
    saying = meanwhile(caller.say(text), after)
    outcome = await line.perform(listen)
    await saying
    return outcome


def test_what_is_said_is_the_phrase_it_is_most_like(told_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        outcome = await asked(line, caller, ASKED, "카드를 잃어버렸어", 1.0)
        assert isinstance(outcome, Utterance)
        assert (outcome.text, outcome.language) == (CARD, "ko")
        assert 0.7 <= outcome.confidence <= 1.0

    told_exchange.serve(call)


def test_what_is_like_no_phrase_is_not_understood(spoken_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        assert await asked(line, caller, ASKED, "날씨가 좋네요", 1.0) == Unclear("not_understood")

    spoken_exchange.serve(call)


def test_a_voice_stops_the_prompt(spoken_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        began = asyncio.get_running_loop().time()
        listen = replace(ASKED, spoken=(LONG,))
        assert isinstance(await asked(line, caller, listen, HUMAN, 1.0), Utterance)
        assert asyncio.get_running_loop().time() - began < 5.0  # the prompt alone takes seven

    spoken_exchange.serve(call)


def test_a_prompt_that_a_voice_may_not_stop_is_said_to_its_end(
    told_exchange: SpokenExchange,
) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        listen = replace(ASKED, spoken=(LONG,), speech=replace(SPEECH, barge_in=False))
        assert await asked(line, caller, listen, HUMAN, 1.0) == Silence()

    ears = told_exchange.serve(call)
    assert ears.caller_heard(LONG)


def test_patience_is_for_the_beginning_of_the_voice(spoken_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        listen = replace(ASKED, spoken=(SHORT,), patience=1.0)
        assert isinstance(await asked(line, caller, listen, HUMAN, 1.2), Utterance)

    spoken_exchange.serve(call)


def test_nothing_said_and_nothing_keyed_is_silence(told_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        assert await line.perform(ASKED) == Silence()

    told_exchange.serve(call)


def test_keys_work_where_speech_does(told_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("1"), 1.0)
        assert await line.perform(ASKED) == Keyed("1")
        await pressing

    told_exchange.serve(call)


def test_a_key_pressed_while_speaking_counts(spoken_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        saying = meanwhile(caller.say(HUMAN), 1.0)
        pressing = meanwhile(caller.press("12"), 1.1)
        assert await line.perform(replace(ASKED, most=2)) == Keyed("12")
        await asyncio.gather(saying, pressing)

    spoken_exchange.serve(call)


def test_a_key_before_the_voice_and_one_in_it_belong_together(
    spoken_exchange: SpokenExchange,
) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        pressing = meanwhile(caller.press("1"), 0.9)
        saying = meanwhile(caller.say(HUMAN), 1.0)
        pressing_on = meanwhile(caller.press("2"), 1.8)
        assert await line.perform(replace(ASKED, most=2, between=2.0)) == Keyed("12")
        await asyncio.gather(pressing, saying, pressing_on)

    spoken_exchange.serve(call)


def test_a_voice_that_goes_on_after_a_key_counts_for_nothing(
    spoken_exchange: SpokenExchange,
) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        saying = meanwhile(caller.say(HUMAN), 1.0)
        pressing = meanwhile(caller.press("1"), 1.6)
        pressing_on = meanwhile(caller.press("2"), 4.0)  # long after the voice is over
        assert await line.perform(replace(ASKED, most=2, between=4.0)) == Keyed("12")
        await asyncio.gather(saying, pressing, pressing_on)

    spoken_exchange.serve(call)


def test_a_secret_is_never_listened_to(told_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        assert await asked(line, caller, replace(ASKED, secret=True), HUMAN, 1.0) == Silence()

    told_exchange.serve(call)


def test_of_two_languages_the_one_that_fits_is_taken(spoken_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        both = Speech((Grammar("en", ("operator",)), Grammar("ko", (HUMAN,))))
        outcome = await asked(line, caller, replace(ASKED, speech=both), HUMAN, 1.0)
        assert isinstance(outcome, Utterance)
        assert outcome.language == "ko"

    spoken_exchange.serve(call)


def test_dictated_digits_and_free_speech_are_given_as_said(told_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        digits = Speech((Grammar("en", ("one", "two", "three")),), turn="digits")
        outcome = await asked(line, caller, replace(ASKED, speech=digits), "three one two", 1.0)
        assert isinstance(outcome, Utterance)
        assert outcome.text == "three one two"
        free = Speech((Grammar("ko", (CARD,), free=True),), turn="open")
        outcome = await asked(line, caller, replace(ASKED, speech=free), "날씨가 좋네요", 1.0)
        assert isinstance(outcome, Utterance)
        assert (outcome.text, outcome.language) == ("날씨가 좋네요", "ko")

    told_exchange.serve(call)


def test_the_line_is_ready_after_a_question_that_was_given_up(
    spoken_exchange: SpokenExchange,
) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        performing = asyncio.create_task(line.perform(ASKED))
        await asyncio.sleep(0.5)
        performing.cancel()
        await asyncio.wait((performing,))
        assert performing.cancelled()
        assert isinstance(await asked(line, caller, ASKED, CARD, 1.0), Utterance)

    spoken_exchange.serve(call)


def test_a_caller_may_hang_up_while_listened_to(spoken_exchange: SpokenExchange) -> None:
    async def call(line: Line, caller: Speaker) -> None:
        await line.perform(Answer())
        leaving = meanwhile(caller.hang_up(), 0.6)
        with pytest.raises(CallerHungUp):
            await line.perform(replace(ASKED, patience=9))
        await leaving

    spoken_exchange.serve(call)
