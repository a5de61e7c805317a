"""How is an answer taken in on a channel, in keys or words?

Keys come by AMI. While a question is heard by a recognizer, the call's sound comes by AudioSocket, and
its keys once more with it.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from ivr.errors import HearingError, LineError
from ivr.line.asterisk import agi, ears
from ivr.line.asterisk.channel import CLEAR_UP, Channel, finish
from ivr.line.asterisk.ears import Ears, Question
from ivr.line.asterisk.playback import Audio, Playback
from ivr.line.asterisk.twice import ReportedTwice, Reporter
from ivr.line.commands import Listen, Outcome
from ivr.line.keypad import Keypad
from speech.listener import Listener


class Questions:
    """The questions of one call, and its keys, which `pressed` is told of.

    When a voice cannot be heard any more, the call goes on with keys alone.
    """

    def __init__(
        self,
        call_id: str,
        channel: Channel,
        keypad: Keypad,
        audio: Audio,
        hearing: Ears | None,
        pressed: Callable[[str], None],
    ) -> None:
        self._call_id = call_id
        self._channel = channel
        self._keypad = keypad
        self._audio = audio
        self._hearing = hearing
        self._pressed = pressed
        self._reported = ReportedTwice()

    def key(self, key: str, reporter: Reporter) -> None:
        """A key of the caller's was reported, perhaps for the second time."""
        if self._reported.counts(key, reporter):
            self._pressed(key)

    async def listen(self, command: Listen, playback: Playback) -> Outcome:
        """Ask, and take the answer."""
        if command.speech is not None and not command.secret and self._hearing is not None:
            listener = await self._hearing.listener(command.speech)
            if listener is not None:
                try:
                    return await self._listen_to_voice(self._hearing, command, listener)
                except (HearingError, LineError) as error:
                    if self._channel.ending.cause:
                        raise
                    trouble, self._hearing = self._hearing.trouble, None
                    trouble(self._call_id, f"the caller is served by keys alone: {error}")
                finally:
                    listener.close()
        return await self._keypad.listen(command, partial(playback.say, command.spoken))

    async def _listen_to_voice(self, hears: Ears, command: Listen, listener: Listener) -> Outcome:
        files = [await self._audio(one) for one in command.spoken]
        sound = await asyncio.to_thread(ears.read, files)
        question = Question(command, self._keypad, listener)
        conversation = hears.sockets.expect(question.hear, partial(self.key, reporter="socket"))
        place = f"{hears.sockets.address}:{hears.sockets.port}"
        words = agi.command("EXEC", "AudioSocket", f"{conversation.uuid},{place}")
        self._reported.begin()
        joined = self._channel.begin(words, None)
        joined.add_done_callback(lambda _: conversation.close())
        try:
            await conversation.connected()
            return await question.outcome(conversation, sound)
        finally:
            conversation.close()
            self._reported.end()
            if self._channel.ending.cause != "link":
                await finish(joined, CLEAR_UP)
            joined.cancel()
            hears.hearing.done_with(listener)
