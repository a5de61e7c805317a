"""How is a question put to a caller who may speak the answer?

`Ears` serves all calls: the recognizers, and the place where calls bring their sound. A `Question` is
one Listen of one call: the prompt goes out while the caller's voice comes in.
"""

import asyncio
import logging
import wave
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ivr.errors import HearingError, LineError
from ivr.line import voice_file
from ivr.line.asterisk.audiosocket import AudioSocket
from ivr.line.asterisk.call_sound import Conversation, Samples
from ivr.line.commands import (
    Hypothesis,
    Keyed,
    Listen,
    Silence,
    Speech,
    Unclear,
    Utterance,
)
from ivr.line.ear import Ear
from ivr.line.keypad import Keypad, Say
from speech.hearing import Hearing
from speech.listener import Listener, NotUnderstood, Sign, Understood
from speech.tongue import Expected

log = logging.getLogger(__name__)

COUGH = 0.8
"""Seconds of voice below which a sound without words is no answer: a cough, an "mm-hm"."""
MOST_COUGHS = 3
"""False starts in one question; where there are more, it is not understood."""

MAYBE = 0.4
"""Seconds within which it is known whether a sound is a voice."""

OnTrouble = Callable[[str, str], None]
"""Told of a call, by its id, that cannot be heard any more, and why."""


class Ears:
    """Hears all calls. `trouble` is told once of each call that has to do without."""

    def __init__(self, hearing: Hearing, sockets: AudioSocket, trouble: OnTrouble) -> None:
        self.hearing = hearing
        self.sockets = sockets
        self.trouble = trouble

    async def listener(self, speech: Speech) -> Listener | None:
        """A listener to one question; None if none of its languages has a recognizer."""
        many = speech.turn == "digits"
        expected = [
            Expected(grammar.language, grammar.phrases, grammar.free, many)
            for grammar in speech.grammars
        ]
        return await self.hearing.listener(expected, speech.turn, slow=speech.slow)


class Question:
    """One Listen with speech, over a conversation that the switch is told to begin."""

    def __init__(self, command: Listen, keypad: Keypad, listener: Listener) -> None:
        self._command = command
        self._ear = Ear(keypad)
        self._listener = listener
        self._coughs = 0
        self._answering: asyncio.Task[None] | None = None
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hear(self, samples: Samples) -> None:
        """Take the caller's sound as it comes."""
        if self._ear.is_open:
            self._act(self._listener.hear(samples))

    async def outcome(
        self, conversation: Conversation, sound: Samples
    ) -> Keyed | Silence | Utterance | Unclear:
        """Say the prompt, of which this is the sound, and take an answer.

        Raises HearingError when nothing can be recognized, LineError when the sound is cut off.
        """
        rest = sound

        async def say(_: str) -> None:
            nonlocal rest
            try:
                await conversation.speak(rest)
            finally:
                rest = rest[len(rest) - min(len(rest), conversation.unsaid) :]

        listening = asyncio.create_task(self._listen(say))
        cut_off = asyncio.create_task(conversation.until_closed())
        try:
            ends: set[asyncio.Future[Any]] = {listening, cut_off, self._failure}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                return listening.result()
            if self._failure.done():
                self._failure.result()
            raise LineError("The call's sound was cut off.")
        finally:
            tasks: list[asyncio.Task[Any]] = [listening, cut_off]
            if self._answering is not None:
                tasks.append(self._answering)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            self._failure.cancel()

    async def _listen(self, say: Say) -> Keyed | Silence | Utterance | Unclear:
        outcome = await self._ear.listen(self._command, say)
        if isinstance(outcome, Silence) and self._listener.maybe_speaking:
            # A voice that has just begun is not known for one yet.
            a_moment = replace(self._command, spoken=(), typed="", patience=MAYBE)
            outcome = await self._ear.listen(a_moment, _nothing)
        return outcome

    def _act(self, sign: Sign | None) -> None:
        if sign == "began":
            self._ear.begins()
        elif sign == "over":
            self._ear.begins()  # a turn that began and ended in one piece of sound
            self._answering = asyncio.create_task(self._answer())

    async def _answer(self) -> None:
        try:
            answer = await self._listener.answer()
        except HearingError as error:
            if not self._failure.done():
                self._failure.set_exception(error)
            return
        if isinstance(answer, NotUnderstood) and self._is_cough(answer):
            self._coughs += 1
            self._ear.false_start()
            self._act(self._listener.listen_on())
        else:
            self._ear.ends(_outcome(answer))
            self._act(self._listener.listen_on())

    def _is_cough(self, answer: NotUnderstood) -> bool:
        short = answer.voiced < COUGH and answer.cause != "too_long"
        return short and self._coughs < MOST_COUGHS


async def _nothing(_: str) -> None:
    """The prompt is over."""


def _outcome(answer: Understood | NotUnderstood) -> Utterance | Unclear:
    if isinstance(answer, NotUnderstood):
        return Unclear(answer.cause)
    best, *others = [
        Hypothesis(reading.text, reading.language, reading.confidence)
        for reading in answer.readings
    ]
    return Utterance(best.text, best.language, best.confidence, tuple(others))


def read(files: Sequence[Path]) -> Samples:
    """The sound of several prompts, one after the other. Raises LineError for one that is none."""
    try:
        sounds = [np.array(voice_file.read(file), np.int16) for file in files]
    except (OSError, EOFError, wave.Error) as error:
        raise LineError(f"A prompt cannot be played: {error}") from error
    return np.concatenate(sounds) if sounds else np.empty(0, np.int16)
