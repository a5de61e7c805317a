"""Do the recognizers hear callers? Real models, a few clips; benchmarks/speech.py has the figures."""

import asyncio
import os
import sys
import threading
from pathlib import Path

import pytest

from ivr.errors import HearingError
from speech.hearing import Hearing
from speech.listener import NotUnderstood, Understood
from speech.matching import key
from speech.priority import NICER
from speech.recognizer import Recognizer
from speech.sphinx import SphinxRecognizer
from speech.tongue import Expected
from speech.vosk import VoskRecognizer
from tests.speech import models
from tests.speech.sounds import clip, frames, quiet

KOREAN = ("카드를 잃어버렸어요", "상담원 연결해 주세요", "영업시간이 어떻게 되나요")
ENGLISH = ("I lost my card", "I want to talk to a person", "exchange rate")
EXPECTED = [Expected("ko", KOREAN), Expected("en", ENGLISH)]


@pytest.fixture
def recognizers() -> dict[str, Recognizer]:
    """The models that come in packages: Korean and English."""
    return models.recognizers()


@pytest.fixture
async def hearing(recognizers: dict[str, Recognizer]) -> Hearing:
    found = Hearing(recognizers)
    assert await found.warm_up() == {}
    return found


async def heard(
    hearing: Hearing, name: str, expected: list[Expected]
) -> Understood | NotUnderstood:
    """What a caller's turn comes to, whose sound arrives ten times faster than on a line."""
    listener = await hearing.listener(expected)
    assert listener is not None
    for frame in frames(quiet(0.5), clip(name), quiet(1.0)):
        if listener.hear(frame) == "over":
            break
        await asyncio.sleep(0.002)
    answer = await listener.answer()
    hearing.done_with(listener)
    return answer


@pytest.mark.parametrize(
    ("name", "phrase", "language"),
    [
        ("ko-card", KOREAN[0], "ko"),
        ("ko-human", KOREAN[1], "ko"),
        ("en-card", ENGLISH[0], "en"),
        ("en-human", ENGLISH[1], "en"),
    ],
)
async def test_a_caller_is_understood_in_whichever_language(
    hearing: Hearing, name: str, phrase: str, language: str
) -> None:
    answer = await heard(hearing, name, EXPECTED)
    assert isinstance(answer, Understood)
    best = answer.readings[0]
    assert (best.text, best.language) == (phrase, language)
    assert best.confidence > 0.6


@pytest.mark.parametrize("name", ["ko-exchange-rate", "en-weather"])
async def test_what_means_nothing_here_is_not_taken_for_something(
    hearing: Hearing, name: str
) -> None:
    answer = await heard(hearing, name, EXPECTED)
    assert isinstance(answer, NotUnderstood) or answer.readings[0].confidence < 0.6


async def test_the_korean_model_can_dictate(recognizers: dict[str, Recognizer]) -> None:
    stream = recognizers["ko"].begin((), free=True)
    stream.feed(clip("ko-human"))
    assert key((await stream.finish()).text)[-4:] == key("세요")[-4:]


async def test_words_have_times_and_confidences(recognizers: dict[str, Recognizer]) -> None:
    for tag, name in (("ko", "ko-card"), ("en", "en-card")):
        stream = recognizers[tag].begin(KOREAN if tag == "ko" else ENGLISH)
        stream.feed(clip(name))
        words = (await stream.finish()).words
        assert words
        assert all(0 <= word.start < word.end < 3 and 0 <= word.confidence <= 1 for word in words)


async def test_what_goes_on_after_a_pause_is_heard_as_a_whole(
    recognizers: dict[str, Recognizer],
) -> None:
    for tag, phrases, name in (("ko", KOREAN, "ko-human"), ("en", ENGLISH, "en-human")):
        sound, stream = clip(name), recognizers[tag].begin(phrases)
        stream.feed(sound[: len(sound) // 2])
        assert key(await stream.partial()) != key(phrases[1])
        stream.feed(sound[len(sound) // 2 :])
        assert key(await stream.partial()) == key(phrases[1])
        assert key((await stream.finish()).text) == key(phrases[1])


async def test_nothing_is_heard_where_nothing_was_said(recognizers: dict[str, Recognizer]) -> None:
    for tag, phrases in (("ko", KOREAN), ("en", ENGLISH)):
        stream = recognizers[tag].begin(phrases)
        assert (await stream.finish()).text == ""
        assert (await recognizers[tag].begin(()).finish()).text == ""


def test_words_that_no_model_knows_are_named(recognizers: dict[str, Recognizer]) -> None:
    assert recognizers["ko"].unsayable([*KOREAN, "PIN 변경"]) == {"PIN 변경": ("pin",)}
    assert recognizers["en"].unsayable([*ENGLISH, "my zyxwq card"]) == {"my zyxwq card": ("zyxwq",)}


async def test_a_broken_model_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    empty = VoskRecognizer("ko", tmp_path)
    with pytest.raises(HearingError, match="careline models install ko"):
        await empty.warm_up()
    (tmp_path / "am").mkdir()
    with pytest.raises(HearingError, match="careline models verify"):
        await empty.warm_up()
    empty.close()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
async def test_recognizing_waits_for_the_sound_of_calls(
    recognizers: dict[str, Recognizer],
) -> None:
    urgent = os.getpriority(os.PRIO_PROCESS, 0)
    for recognizer in recognizers.values():
        await recognizer.warm_up()
    sphinx, vosk = recognizers["en"], recognizers["ko"]
    assert isinstance(sphinx, SphinxRecognizer)
    processes = [process.pid for process in sphinx.processes()]
    threads = [one.native_id for one in threading.enumerate() if one.name.startswith("vosk-ko")]
    for worker in (*processes, *threads):
        assert worker is not None
        assert os.getpriority(os.PRIO_PROCESS, worker) == min(19, urgent + NICER)
    assert processes
    assert threads
    vosk.close()
    sphinx.close()


async def test_a_recognizer_s_process_that_dies_is_replaced() -> None:
    english = SphinxRecognizer()
    await english.warm_up()
    for process in english.processes():
        process.kill()
    with pytest.raises(HearingError):
        await english.warm_up()
    await english.warm_up()
    english.close()
