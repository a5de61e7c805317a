"""What did the caller say in this turn?"""

import asyncio
from collections.abc import Sequence

import pytest

from ivr.errors import HearingError
from speech.endpoint import patience
from speech.hearing import Hearing
from speech.listener import Listener, NotUnderstood, Understood
from speech.recognizer import RATE, Heard, Recognizer, Samples
from speech.tongue import Expected
from tests.speech.sounds import ByLoudness, frames, quiet, voice

CARD, HUMAN = "I lost my card", "talk to a person"


class Fake:
    """Hears `text`, whatever is said; keeps what sound it was given."""

    dictates = takes_orders = True

    def __init__(self, text: str = CARD, language: str = "en", score: float = 1.0) -> None:
        self.language = language
        self.heard = Heard(text, score=score)
        self.streams: list[FakeStream] = []
        self.fails = False
        self.dropped = 0
        self.asked_free: list[bool] = []

    def begin(
        self, phrases: Sequence[str], *, free: bool = False, many: bool = False
    ) -> "FakeStream":
        self.asked_free.append(free)
        self.streams.append(FakeStream(self))
        return self.streams[-1]

    def unsayable(self, phrases: Sequence[str]) -> dict[str, tuple[str, ...]]:
        return {phrase: (phrase,) for phrase in phrases if phrase.isdigit()}

    async def warm_up(self) -> None:
        if self.fails:
            raise HearingError("The model is broken.")

    def close(self) -> None:
        """Nothing is held."""


class FakeStream:
    def __init__(self, recognizer: Fake) -> None:
        self.recognizer = recognizer
        self.length = 0

    def feed(self, samples: Samples) -> None:
        self.length += len(samples)

    async def partial(self) -> str:
        return self.recognizer.heard.text

    async def finish(self) -> Heard:
        if self.recognizer.fails:
            raise HearingError("It broke.")
        return self.recognizer.heard

    def drop(self) -> None:
        self.recognizer.dropped += 1


def listener(*fakes: Fake, phrases: tuple[str, ...] = (CARD, HUMAN), **how: bool) -> Listener:
    wanted: list[tuple[Expected, Recognizer]] = [
        (Expected(fake.language, phrases, **how), fake) for fake in fakes
    ]
    return Listener(wanted, patience("closed"), ByLoudness())


async def until_over(listening: Listener, *sounds: Samples) -> float:
    """Let it hear until the turn is over; after how many seconds that was."""
    for number, frame in enumerate(frames(*sounds)):
        sign = listening.hear(frame)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if sign == "over":
            return number * 160 / RATE
    raise AssertionError("The turn was never over.")


async def test_a_phrase_that_is_whole_ends_the_turn_early() -> None:
    listening = listener(Fake(CARD))
    assert await until_over(listening, quiet(0.5), voice(1), quiet(2)) == pytest.approx(1.74, 0.05)
    answer = await listening.answer()
    assert isinstance(answer, Understood)
    assert answer.readings[0].text == CARD
    assert answer.readings[0].confidence > 0.9


async def test_a_phrase_that_has_only_begun_is_waited_for() -> None:
    listening = listener(Fake("I lost"))
    assert await until_over(listening, quiet(0.5), voice(1), quiet(2)) > 2.2


async def test_a_recognizer_that_is_behind_is_waited_for() -> None:
    fake = Fake("I lost")
    listening = listener(fake)
    asked = asyncio.Event()

    async def partial(_: FakeStream) -> str:
        await asked.wait()
        return CARD

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FakeStream, "partial", partial)
        for frame in frames(voice(1), quiet(0.5)):
            assert listening.hear(frame) != "over"
            await asyncio.sleep(0)
        asked.set()
        await asyncio.sleep(0.01)
        assert listening.hear(quiet(0.04)) == "over"


async def test_a_pause_within_a_phrase_does_not_end_the_turn() -> None:
    listening = listener(Fake("I lost"))
    sounds = (voice(0.6), quiet(0.5), voice(0.6), quiet(2))
    assert await until_over(listening, *sounds) > 2.0


async def test_nothing_that_was_said_before_it_was_known_for_a_voice_is_lost() -> None:
    fake = Fake()
    listening = listener(fake)
    await until_over(listening, quiet(3), voice(1), quiet(1))
    length = fake.streams[0].length / RATE
    assert 1.3 < length < 1.6  # the voice, what came just before it, and the beginning of the pause


async def test_words_that_mean_nothing_here_are_not_understood() -> None:
    listening = listener(Fake("the weather tomorrow"))
    await until_over(listening, voice(1), quiet(2))
    answer = await listening.answer()
    assert isinstance(answer, NotUnderstood)
    assert answer.cause == "not_understood"
    assert answer.voiced == pytest.approx(1.0, abs=0.1)


async def test_somebody_who_never_stops_is_too_long() -> None:
    listening = listener(Fake(""))
    assert await until_over(listening, voice(15)) == pytest.approx(10, abs=0.5)
    answer = await listening.answer()
    assert isinstance(answer, NotUnderstood)
    assert answer.cause == "too_long"


async def test_after_a_false_start_the_same_listener_hears_what_follows() -> None:
    fake = Fake("")
    listening = listener(fake)
    await until_over(listening, voice(0.4), quiet(1))
    assert isinstance(await listening.answer(), NotUnderstood)
    for frame in frames(quiet(0.2), voice(0.3)):  # while the answer was being found
        listening.hear(frame)
    fake.heard = Heard(HUMAN, score=1.0)
    assert listening.listen_on() == "began"
    await until_over(listening, voice(0.5), quiet(1))
    answer = await listening.answer()
    assert isinstance(answer, Understood)
    assert answer.readings[0].text == HUMAN


async def test_of_two_languages_the_one_that_is_surer_counts() -> None:
    listening = listener(Fake("i lost my dark", "en", score=0.1), Fake(CARD, "ko", score=1.0))
    await until_over(listening, voice(1), quiet(1))
    answer = await listening.answer()
    assert isinstance(answer, Understood)
    assert [reading.language for reading in answer.readings[:2]] == ["ko", "en"]


async def test_a_recognizer_that_fails_is_passed_over() -> None:
    broken = Fake(language="ko")
    broken.fails = True
    listening = listener(broken, Fake())
    await until_over(listening, voice(1), quiet(1))
    assert isinstance(await listening.answer(), Understood)


async def test_when_all_recognizers_fail_that_is_said() -> None:
    broken = Fake()
    broken.fails = True
    listening = listener(broken)
    await until_over(listening, voice(1), quiet(1))
    with pytest.raises(HearingError):
        await listening.answer()


async def test_dictated_words_are_given_as_they_were_heard() -> None:
    listening = listener(Fake("three one two"), phrases=("one", "two", "three"), many=True)
    await until_over(listening, voice(1), quiet(2))
    answer = await listening.answer()
    assert isinstance(answer, Understood)
    assert answer.readings[0].text == "three one two"


async def test_a_language_without_recognizer_has_no_listener() -> None:
    hearing = Hearing({"en": Fake()})
    assert await hearing.listener([Expected("ru", ("да",))]) is None
    assert await hearing.listener([Expected("en", ())]) is None
    found = await hearing.listener([Expected("en", (CARD,))])
    assert found is not None
    hearing.done_with(found)
    assert hearing.unsayable("en", ["7", CARD]) == {"7": ("7",)}
    assert hearing.unsayable("ru", ["7"]) == {}


async def test_a_model_that_cannot_be_loaded_leaves_its_language_to_the_keys() -> None:
    broken, hearing = Fake(), Hearing({})
    broken.fails = True
    assert isinstance(await hearing.add(broken), HearingError)
    assert await hearing.listener([Expected("en", (CARD,))]) is None
    broken.fails = False
    assert await hearing.add(broken) is None
    assert await hearing.listener([Expected("en", (CARD,))]) is not None


async def test_a_language_that_is_far_behind_is_not_waited_for_when_another_is_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("speech.listener.OTHERS", 0.01)
    sure, behind = Fake(CARD), Slow("카드를 잃어버렸어요", "ko")
    listening = listener(sure, behind)
    assert await until_over(listening, quiet(0.5), voice(1), quiet(2)) < 2
    async with asyncio.timeout(10):
        answer = await listening.answer()
    assert isinstance(answer, Understood)
    assert [one.text for one in answer.readings] == [CARD]
    assert behind.dropped == 1, "nobody decodes on for nothing"


async def test_a_language_that_is_behind_is_waited_for_when_no_other_is_sure() -> None:
    unsure, behind = Fake("lost car", score=0.2), Slow(CARD, "ko")
    listening = listener(unsure, behind)
    await until_over(listening, quiet(0.5), voice(1), quiet(4))
    answering = asyncio.create_task(listening.answer())
    await asyncio.sleep(0.05)
    assert not answering.done()
    behind.done.set()
    answer = await answering
    assert isinstance(answer, Understood)
    assert answer.readings[0].language == "ko"


class Slow(Fake):
    """Has decoded what it heard when it is told so."""

    def __init__(self, text: str, language: str) -> None:
        super().__init__(text, language)
        self.done = asyncio.Event()

    def begin(
        self, phrases: Sequence[str], *, free: bool = False, many: bool = False
    ) -> "SlowStream":
        self.streams.append(stream := SlowStream(self))
        return stream


class SlowStream(FakeStream):
    recognizer: Slow

    async def partial(self) -> str:
        return (await self.finish()).text

    async def finish(self) -> Heard:
        await self.recognizer.done.wait()
        return self.recognizer.heard


async def test_one_that_is_poor_at_dictation_listens_for_what_is_foreseen() -> None:
    fake = Fake("the weather tomorrow")
    fake.takes_orders = False
    listening = listener(fake, free=True)
    await until_over(listening, voice(1), quiet(2))
    assert fake.asked_free == [False]
    assert isinstance(await listening.answer(), NotUnderstood)
