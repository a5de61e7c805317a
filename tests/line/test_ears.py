"""What does a voice do to a question? The switch is made of sockets, the recognizer is a fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest

from ivr.errors import HearingError
from ivr.line.asterisk.audiosocket import AudioSocket
from ivr.line.asterisk.ears import Question
from ivr.line.asterisk.twice import ReportedTwice
from ivr.line.commands import Grammar, Listen, Outcome, Silence, Speech, Unclear, Utterance
from ivr.line.keypad import Keypad
from speech import endpoint
from speech.endpoint import patience
from speech.listener import Listener
from speech.recognizer import Samples
from speech.tongue import Expected
from tests.line.test_audiosocket import Peer
from tests.speech.sounds import ByLoudness, quiet, voice
from tests.speech.test_hearing import CARD, Fake

PROMPT = np.arange(1, 8001, dtype=np.int16)
"""A second, in which every sample tells its place."""


class Call:
    """A question put to a caller, and what the caller hears."""

    def __init__(self, sockets: AudioSocket, fake: Fake, **how: float) -> None:
        self.listener = Listener(
            [(Expected("en", (CARD,)), fake)], patience("closed"), ByLoudness()
        )
        self.keypad = Keypad()
        command = Listen((), patience=how.get("patience", 0.5), speech=Speech(SPEAKS))
        self.question = Question(command, self.keypad, self.listener)
        self.conversation = sockets.expect(self.question.hear, self.keypad.press)
        self.sockets = sockets
        self.received = b""

    async def run(self, *sounds: Samples) -> Outcome:
        """Ask it of a caller who makes these sounds, at the pace of a line."""
        peer = await Peer.connect(self.sockets, self.conversation.uuid)
        await self.conversation.connected()
        speaking = asyncio.create_task(self._speak(peer, np.concatenate(sounds)))
        hearing = asyncio.create_task(self._hear(peer))
        try:
            return await self.question.outcome(self.conversation, PROMPT)
        finally:
            self.conversation.close()
            speaking.cancel()
            await hearing
            await asyncio.wait({speaking})
            await peer.close()

    async def _speak(self, peer: Peer, sound: Samples) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        for number, at in enumerate(range(0, len(sound), 160)):
            await asyncio.sleep(began + number * 0.02 - clock())
            peer.send(0x10, sound[at : at + 160].astype("<i2").tobytes())

    async def _hear(self, peer: Peer) -> None:
        while (message := await peer.message())[0] == 0x10:
            self.received += message[1]

    @property
    def heard(self) -> Samples:
        """What the caller heard, without silence."""
        sound = np.frombuffer(self.received, "<i2")
        found: Samples = sound[sound != 0]
        return found


SPEAKS = (Grammar("en", (CARD,)),)


@pytest.fixture
async def sockets() -> AsyncIterator[AudioSocket]:
    made = AudioSocket()
    await made.open()
    yield made
    await made.close()


async def test_an_answer_stops_the_prompt(sockets: AudioSocket) -> None:
    call = Call(sockets, Fake(CARD))
    outcome = await call.run(quiet(0.1), voice(0.6), quiet(1.0))
    assert isinstance(outcome, Utterance)
    assert outcome.text == CARD
    assert 0 < len(call.heard) < 5000


async def test_after_a_cough_the_prompt_goes_on_where_it_was(sockets: AudioSocket) -> None:
    call = Call(sockets, Fake(""))
    assert await call.run(quiet(0.1), voice(0.3), quiet(3.0)) == Silence()
    assert np.array_equal(call.heard, PROMPT)


async def test_a_long_sound_without_words_is_not_understood(sockets: AudioSocket) -> None:
    call = Call(sockets, Fake("the weather"))
    assert await call.run(voice(1.0), quiet(1.0)) == Unclear("not_understood")


async def test_who_coughs_without_end_is_not_listened_to_for_ever(sockets: AudioSocket) -> None:
    call = Call(sockets, Fake(""))
    coughs = [sound for _ in range(8) for sound in (voice(0.3), quiet(0.5))]
    assert await call.run(*coughs) == Unclear("not_understood")


async def test_who_never_stops_is_answered_all_the_same_and_heard_in_the_next_question(
    sockets: AudioSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = {"closed": replace(patience("closed"), longest=0.8)}
    monkeypatch.setattr(endpoint, "PATIENCE", shorter)
    assert await Call(sockets, Fake("")).run(voice(3.0)) == Unclear("too_long")
    assert isinstance(await Call(sockets, Fake(CARD)).run(voice(0.6), quiet(1.0)), Utterance)


async def test_what_is_begun_before_patience_ends_is_heard(sockets: AudioSocket) -> None:
    call = Call(sockets, Fake(CARD))
    outcome = await call.run(quiet(1.45), voice(0.6), quiet(1.0))
    assert isinstance(outcome, Utterance)


async def test_a_recognizer_that_fails_is_an_error_for_the_line(sockets: AudioSocket) -> None:
    broken = Fake()
    broken.fails = True
    with pytest.raises(HearingError):
        await Call(sockets, broken).run(voice(0.6), quiet(1.0))


def test_a_key_reported_twice_counts_once_whoever_is_first() -> None:
    reported = ReportedTwice()
    reported.begin()
    assert reported.counts("1", "ami")
    assert not reported.counts("1", "socket")
    assert reported.counts("1", "socket")
    assert not reported.counts("1", "ami")
    assert [reported.counts("2", "ami"), reported.counts("2", "ami")] == [True, True]
    assert [reported.counts("2", "socket"), reported.counts("2", "socket")] == [False, False]


def test_a_key_that_only_one_reports_counts() -> None:
    reported = ReportedTwice()
    assert reported.counts("1", "ami")
    reported.begin()
    assert reported.counts("1", "socket")
    reported.end()
    assert not reported.counts("1", "ami")  # late
    assert reported.counts("1", "ami")
