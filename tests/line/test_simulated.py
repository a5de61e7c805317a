"""What a simulated line can do beyond the contract: scripts, transcripts, speed."""

import asyncio
import time

import pytest

from ivr.errors import CallerHungUp
from ivr.line import virtual_time
from ivr.line.commands import (
    AgentPhone,
    Answer,
    Connect,
    Hangup,
    HungUp,
    Joined,
    Keyed,
    Listen,
    NotJoined,
    Play,
    Played,
    Silence,
    Spoken,
    Talk,
    TalkEnded,
)
from ivr.line.far_end import Answers, HangUp, Press, RingsOut, Script, Silent
from ivr.line.simulated import Heard, SimulatedLine
from ivr.line.speech_length import seconds

HELLO = Spoken("您好您好", "zh")  # four characters: one second
MENU = Spoken("请按一请按二", "zh")


def test_a_scripted_caller_answers_question_after_question() -> None:
    async def call() -> None:
        line = SimulatedLine(Script(answers=(Press("1"), Silent(), Press("12", after=2))))
        assert await line.perform(Play((HELLO,))) == Played()
        assert await line.perform(Listen((MENU,))) == Keyed("1")
        assert await line.perform(Listen((MENU,))) == Silence()
        assert await line.perform(Listen((MENU,), most=2)) == Keyed("12")
        assert await line.perform(Listen((MENU,))) == Silence()

    virtual_time.run(call())


def test_a_caller_may_hang_up_at_the_second_prompt() -> None:
    async def call() -> None:
        line = SimulatedLine(Script(at_prompt={2: HangUp(after=0.5)}))
        assert await line.perform(Play((HELLO,))) == Played()
        with pytest.raises(CallerHungUp):
            await line.perform(Listen((MENU,)))
        assert line.heard == [Heard(0.0, HELLO, whole=True), Heard(1.0, MENU, whole=False)]

    virtual_time.run(call())


def test_a_caller_may_hang_up_at_a_moment() -> None:
    async def call() -> None:
        line = SimulatedLine(Script(hang_up_at=30), {"ana": Answers(talks=None)})
        assert await line.perform(Connect(AgentPhone("ana"))) == Joined()
        with pytest.raises(CallerHungUp):
            await line.perform(Talk())
        assert virtual_now() == 30

    virtual_time.run(call())


def test_a_keyboard_may_press_and_hang_up() -> None:
    async def call() -> None:
        line = SimulatedLine()
        line.press("4")
        assert await line.perform(Listen((MENU,))) == Keyed("4")
        line.hang_up()
        with pytest.raises(CallerHungUp):
            await line.perform(Hangup())

    virtual_time.run(call())


def test_a_phone_picked_up_too_late_was_not_answered() -> None:
    async def call() -> None:
        line = SimulatedLine(phones={"ana": Answers(after=25), "bo": RingsOut()})
        assert await line.perform(Connect(AgentPhone("ana"), ring=20)) == NotJoined("no_answer")
        assert virtual_now() == 20

    virtual_time.run(call())


def test_what_is_cut_short_is_not_heard_whole() -> None:
    async def call() -> None:
        line = SimulatedLine(Script(at_prompt={1: Press("5", after=1.5)}))
        assert await line.perform(Play((HELLO, MENU, HELLO))) == Played(stopped_by="5")
        assert [(heard.at, heard.whole) for heard in line.heard] == [(0.0, True), (1.0, False)]

    virtual_time.run(call())


def test_the_slower_reading_takes_longer_in_every_language() -> None:
    for language in ("zh", "ja", "ko", "en", "ru", "fr"):
        text = "一二三四五六七八九十"
        assert seconds(Spoken(text, language, slow=True)) > seconds(Spoken(text, language)) >= 0.5


def test_a_thousand_calls_take_a_moment() -> None:
    script = Script(answers=(Press("1"), Press("1234")))
    phones = {"ana": Answers()}

    async def calls() -> None:
        for _ in range(1000):
            line = SimulatedLine(script, phones)
            await line.perform(Answer())
            assert await line.perform(Listen((MENU,))) == Keyed("1")
            assert await line.perform(Listen((MENU,), most=4)) == Keyed("1234")
            await line.perform(Connect(AgentPhone("ana"), and_then=True))
            assert await line.perform(Talk()) == TalkEnded()
            assert await line.perform(Hangup()) == HungUp()

    began = time.process_time()
    virtual_time.run(calls())
    assert time.process_time() - began < 3


def virtual_now() -> float:
    return asyncio.get_running_loop().time()
