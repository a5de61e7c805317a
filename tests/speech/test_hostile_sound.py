"""What can a caller's sound do to the hearing of a call, whatever it is? Nothing that has no end.

Silero judges every sound here, and a fake recognizer that makes no words of it takes what it gets.
On the line: tests/line/test_audiosocket.py and tests/line/test_ears.py.
"""

import asyncio

import numpy as np
import pytest

from speech.endpoint import PATIENCE, Silero, patience
from speech.listener import KEPT, Listener, NotUnderstood
from speech.noise import Quieter
from speech.recognizer import RATE, Samples
from speech.tongue import Expected
from tests.speech.sounds import clip, frames, music, noise, quiet, tone
from tests.speech.test_hearing import CARD, Fake

LASTS = 12.0
"""Seconds, more than a turn of a closed question may have."""
LOUD = np.int16(32_767)


def again_and_again(sound: Samples) -> Samples:
    return np.resize(sound, round(LASTS * RATE))


def babble() -> Samples:
    """Four callers who speak at once, without end."""
    voices = [
        again_and_again(clip(name)) for name in ("ko-card", "ko-human", "en-card", "en-human")
    ]
    return np.clip(np.sum(voices, axis=0, dtype=np.int32), -32768, 32767).astype(np.int16)


SOUNDS = {
    "silence": quiet(LASTS),
    "the lowest there is": quiet(LASTS, -32768),
    "hiss": noise(LASTS, 100),
    "loud noise": noise(LASTS, 8000),
    "noise in bursts": again_and_again(np.concatenate([noise(0.3, 6000), quiet(0.3)])),
    "music": music(LASTS),
    "loud music": np.clip(music(LASTS).astype(np.int32) * 8, -32768, 32767).astype(np.int16),
    "a tone": tone(LASTS),
    "a modem": np.where(np.arange(round(LASTS * RATE)) // 3 % 2, LOUD, -LOUD),
    "clipped to a square": (np.sign(again_and_again(clip("ko-card"))) * LOUD).astype(np.int16),
    "someone who never stops": again_and_again(clip("ko-human")),
    "many who never stop": babble(),
}


@pytest.mark.parametrize("name", SOUNDS)
async def test_whatever_is_heard_has_an_end_and_takes_no_more_than_its_share(name: str) -> None:
    nothing = Fake("")
    listener = Listener([(Expected("en", (CARD,)), nothing)], patience("closed"), Silero())
    turns = 0
    for frame in frames(SOUNDS[name]):
        if listener.hear(frame) == "over":
            turns += 1
            answer = await listener.answer()
            assert isinstance(answer, NotUnderstood)
            assert answer.voiced <= PATIENCE["closed"].longest + 1
            listener.listen_on()
        await asyncio.sleep(0)
    most = round((PATIENCE["closed"].longest + 1) * RATE) + KEPT
    assert all(stream.length <= most for stream in nothing.streams)
    assert turns <= LASTS
    listener.close()


@pytest.mark.parametrize("name", ["silence", "hiss", "loud noise", "a tone", "the lowest there is"])
async def test_what_is_no_voice_reaches_no_recognizer(name: str) -> None:
    nothing = Fake("")
    listener = Listener([(Expected("en", (CARD,)), nothing)], patience("closed"), Silero())
    assert [
        sign for frame in frames(SOUNDS[name][: 4 * RATE]) if (sign := listener.hear(frame))
    ] == []
    assert nothing.streams == []
    listener.close()


async def test_someone_who_never_stops_is_told_so_and_heard_again_afterwards() -> None:
    nothing = Fake("")
    listener = Listener([(Expected("en", (CARD,)), nothing)], patience("closed"), Silero())
    causes = []
    for frame in frames(np.resize(clip("ko-human")[4000:16000], round(LASTS * RATE))):
        if listener.hear(frame) == "over":
            answer = await listener.answer()
            assert isinstance(answer, NotUnderstood)
            causes.append(answer.cause)
            listener.listen_on()
        await asyncio.sleep(0)
    assert causes == ["too_long"]
    assert listener.speaking
    listener.close()


async def test_what_is_clipped_is_too_loud() -> None:
    listener = Listener([(Expected("ko", (CARD,)), Fake(""))], patience("closed"), Silero())
    said = np.clip(clip("ko-card").astype(np.int32) * 30, -32768, 32767).astype(np.int16)
    causes = []
    for frame in frames(quiet(0.5), said, quiet(1)):
        if listener.hear(frame) == "over":
            answer = await listener.answer()
            assert isinstance(answer, NotUnderstood)
            causes.append(answer.cause)
            break
        await asyncio.sleep(0)
    assert causes == ["too_loud"]
    listener.close()


@pytest.mark.parametrize("sizes", [(1,), (0, 320), (7, 3201), (24_000,)])
async def test_sound_in_pieces_of_any_size_is_heard_alike(sizes: tuple[int, ...]) -> None:
    fake = Fake()
    listener = Listener([(Expected("en", (CARD,)), fake)], patience("closed"), Silero())
    sound = np.concatenate([quiet(0.4), clip("ko-card")[:8000], quiet(1)])
    signs, at, piece = [], 0, 0
    while at < len(sound):
        size = sizes[piece % len(sizes)]
        signs.append(listener.hear(sound[at : at + size]))
        at, piece = at + size, piece + 1
        if signs[-1] == "over":
            break
    assert "over" in signs
    listener.close()


@pytest.mark.parametrize("name", SOUNDS)
def test_taking_away_noise_makes_nothing_louder_or_longer(name: str) -> None:
    sound = SOUNDS[name][: 4 * RATE]
    quieter = Quieter()
    clean = np.concatenate([quieter.hear(sound), quieter.end()])
    assert len(clean) <= len(sound) + 256
    power = [float(np.mean(np.square(one, dtype=np.float64))) for one in (clean, sound)]
    assert power[0] <= 1.1 * power[1] + 1
