"""Whose keys are whose, where a telephone's timing is too coarse to try it."""

import asyncio

from ivr.line import virtual_time
from ivr.line.commands import Keyed, Listen, Play, Played, Silence
from ivr.line.keypad import MOST_KEPT, Keypad


async def nothing(_: str) -> None:
    """Say nothing."""


def test_letters_and_rubbish_are_no_keys() -> None:
    async def call() -> None:
        keypad = Keypad()
        for key in ("A", "", "12", "\n", "٣", "5"):
            keypad.press(key)
        assert await keypad.listen(Listen(()), nothing) == Keyed("5")

    virtual_time.run(call())


def test_a_stuck_key_fills_no_memory() -> None:
    async def call() -> None:
        keypad = Keypad()
        for _ in range(10_000):
            keypad.press("1")
        entry = await keypad.listen(Listen((), most=10_000), nothing)
        assert entry == Keyed("1" * MOST_KEPT)

    virtual_time.run(call())


def test_an_end_key_typed_ahead_with_its_entry_is_not_the_next_entry() -> None:
    async def call() -> None:
        keypad = Keypad()
        for key in "1234#":
            keypad.press(key)
        assert await keypad.listen(Listen((), most=4), nothing) == Keyed("1234")
        keypad.press("2")
        assert await keypad.listen(Listen(()), nothing) == Keyed("2")

    virtual_time.run(call())


def test_a_late_end_key_is_meant() -> None:
    async def call() -> None:
        keypad = Keypad()
        keypad.press("1")
        assert await keypad.listen(Listen((), between=3), nothing) == Keyed("1")
        await asyncio.sleep(4)
        keypad.press("#")
        assert await keypad.listen(Listen((), end_key=""), nothing) == Keyed("#")

    virtual_time.run(call())


def test_a_habitual_end_key_does_not_stop_the_next_prompt() -> None:
    async def call() -> None:
        keypad = Keypad()
        keypad.press("1")
        await keypad.listen(Listen(()), nothing)

        async def say(_: str) -> None:
            keypad.press("#")
            await asyncio.sleep(1)

        assert await keypad.play(Play(()), say) == Played()

    virtual_time.run(call())


def test_a_key_typed_ahead_spares_the_caller_the_question() -> None:
    async def call() -> None:
        keypad = Keypad()
        keypad.press("3")
        asked = False

        async def say(_: str) -> None:
            nonlocal asked
            asked = True

        assert await keypad.listen(Listen(()), say) == Keyed("3")
        assert not asked

    virtual_time.run(call())


def test_between_counts_from_the_last_key() -> None:
    async def call() -> None:
        keypad = Keypad()
        loop = asyncio.get_running_loop()
        for place, key in enumerate("123"):
            loop.call_later(1 + 2.9 * place, keypad.press, key)
        assert await keypad.listen(Listen((), most=9, between=3), nothing) == Keyed("123")
        assert loop.time() == 1 + 2.9 * 2 + 3

    virtual_time.run(call())


def test_patience_ends_in_silence() -> None:
    async def call() -> None:
        keypad = Keypad()
        assert await keypad.listen(Listen((), patience=6), nothing) == Silence()
        assert asyncio.get_running_loop().time() == 6

    virtual_time.run(call())


def test_keys_are_not_shown_by_accident() -> None:
    async def call() -> None:
        keypad = Keypad()
        keypad.press("7")
        assert "7" not in repr(keypad).replace(hex(id(keypad))[2:], "")

    virtual_time.run(call())


def test_a_key_that_stands_alone_is_an_entry_at_once_but_only_as_the_first() -> None:
    async def call() -> None:
        loop, keypad = asyncio.get_running_loop(), Keypad()
        question = Listen((), most=4, between=3, alone="*#")
        for key in "*#":
            began = loop.time()
            keypad.press(key)
            assert await keypad.listen(question, nothing) == Keyed(key)
            assert loop.time() == began
        for key in "12#":
            keypad.press(key)
        assert await keypad.listen(question, nothing) == Keyed("12")

    virtual_time.run(call())
