"""Key or voice: which comes first, and what does a voice do to the prompt?

A line that hears tells its `Ear` when the caller's voice begins and what was heard when it ends;
keys go to its `Keypad` as ever. What is said while nothing is listened to is not heard.
"""

import asyncio
from dataclasses import replace

from ivr.line.commands import Keyed, Listen, Silence, Speech, Unclear, Utterance
from ivr.line.keypad import Keypad, Say


class Ear:
    """The voice of one caller, beside the keys."""

    def __init__(self, keypad: Keypad) -> None:
        self._keypad = keypad
        self._speech: Speech | None = None
        self._open = False  # the prompt is over, or gives way to the voice
        self._begins: asyncio.Timeout | None = None
        self._ended = asyncio.Event()
        self._heard: Utterance | Unclear | None = None
        self._speaking = False
        self._passed_over = False  # the voice that is heard is one that a key has ended

    @property
    def speech(self) -> Speech | None:
        """What may be said now; None while the voice is not listened to."""
        return self._speech

    @property
    def is_open(self) -> bool:
        """Whether a voice would be heard now: not in a prompt that it may not stop."""
        return self._speech is not None and self._open

    def begins(self) -> None:
        """The caller has begun to speak."""
        if self._speech is None or not self._open or self._speaking or self._passed_over:
            return
        self._speaking = True
        if self._begins is not None:
            self._begins.reschedule(asyncio.get_running_loop().time())

    def ends(self, heard: Utterance | Unclear) -> None:
        """The caller has come to an end, and this was heard."""
        self._passed_over = False
        if self._speaking:
            self._heard = heard
            self._ended.set()

    def false_start(self) -> None:
        """It was no more than a cough: the prompt goes on where it was, and so do keys."""
        self._passed_over = False
        if self._speaking:
            self._heard = None
            self._ended.set()

    async def listen(self, command: Listen, say: Say) -> Keyed | Silence | Utterance | Unclear:
        """Say the prompt and take an answer, keyed or spoken, by the rules of `Listen`.

        A voice ends the wait for keys, and with `barge_in` the prompt; a key ends what is said, and
        what is left of that voice counts for nothing.
        After a false start `say` is called again: it must say what is left.
        """
        self._speech = speech = None if command.secret else command.speech
        self._open = speech is not None and speech.barge_in and command.barge_in
        try:
            while True:
                entry = await self._until_voice(command, say)
                if entry is not None:
                    return entry
                pressed = await self._keypad.until_pressed(self._until_ended())
                if not pressed and self._heard is not None:
                    return self._heard
                self._passed_over = pressed and self._heard is None
                self._forget()
                typed = self._keypad.entry
                command = replace(command, spoken=(), typed=typed)
                if pressed or typed:
                    say = _nothing
        finally:
            self._speech = None
            self._passed_over = False
            self._forget()

    async def _until_voice(self, command: Listen, say: Say) -> Keyed | Silence | None:
        async def said(keys: str) -> None:
            try:
                await say(keys)
            finally:
                self._open = True

        try:
            # A timeout without a time, which comes due when the voice begins.
            async with asyncio.timeout(None) as self._begins:
                return await self._keypad.listen(command, said)
        except TimeoutError:
            if not self._speaking:
                raise
            return None
        finally:
            self._begins = None

    async def _until_ended(self) -> None:
        await self._ended.wait()

    def _forget(self) -> None:
        self._speaking = False
        self._heard = None
        self._ended.clear()


async def _nothing(_: str) -> None:
    """The prompt is over."""
