"""Who is on the other side of a line: nobody, a phone that rings, or somebody to talk to?"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ivr.errors import LineError
from ivr.line.asterisk import agi, dial
from ivr.line.asterisk.channel import CLEAR_UP, STOP_AGAIN, Channel, Underway, finish
from ivr.line.asterisk.playback import MUSIC, Audio, Playback
from ivr.line.commands import Connect, Joined, NotJoined, Spoken, TalkEnded
from ivr.line.keypad import Keypad

HoldClass = Callable[[Spoken], str | None]
"""Names the class of music on hold that begins with this sentence; None where there is none."""

LONGEST_WHISPER = 60.0


class OtherSide:
    """Whoever the call of `channel` is connected with."""

    def __init__(
        self, channel: Channel, playback: Playback, keypad: Keypad, hold_class: HoldClass
    ) -> None:
        self.channel = ""
        """The other side's channel; empty while there is none."""
        self.to_be_recorded = False
        """Whether the talk is recorded, or may be."""
        self._ours = channel
        self._playback = playback
        self._keypad = keypad
        self._hold_class = hold_class
        self._joined = asyncio.Event()
        self._dialling: Underway | None = None
        self._left = False
        self._recording = False
        self._stays = False
        self._found = False

    @property
    def dialled(self) -> bool:
        """Whether the switch's Dial has the call, ringing somebody or in a talk."""
        return self._dialling is not None and not self._dialling.done()

    @property
    def in_talk(self) -> bool:
        """Whether the two are talking."""
        return self._joined.is_set() and not self._ours.ending.cause and self.dialled

    @property
    def ends_the_call(self) -> bool:
        """Whether the call is over with the talk that has begun."""
        return self._joined.is_set() and not self._stays

    def rings(self, channel: str) -> None:
        """A channel to the other side was begun."""
        self.channel = channel

    def entered(self) -> None:
        """Our channel entered a bridge: an agent who hangs up in the whisper makes Dial put the
        caller into an empty one."""
        if not self._left:
            self._joined.set()

    def recorded(self) -> None:
        """The talk is being recorded."""
        self._recording = True

    def left(self) -> None:
        """The other side hung up."""
        self._left = True

    def found_talking(self, channel: str) -> None:
        """The two are in a talk that somebody else began; `talk` goes on with it."""
        self.channel = channel
        self.to_be_recorded = True  # it may be
        self._found = True
        self._dialling = self._ours.begun_before()
        self._joined.set()

    async def connect(
        self, command: Connect, audio: Audio, *, by_agent: bool, recorded: bool
    ) -> Joined | NotJoined:
        """Ring somebody until the two are joined; `by_agent`: our channel is an agent's, and
        `recorded` by itself."""
        music = None if by_agent else MUSIC
        if command.meanwhile:
            music = self._hold_class(command.meanwhile) or MUSIC
            if music == MUSIC:
                await self._playback.say((command.meanwhile,), "")
        whisper = [await audio(one) for one in command.whisper]
        words = dial.subroutine(command, whisper, music, by_agent=by_agent)
        self._joined.clear()
        self.channel = ""
        self._left = False
        self._recording = recorded
        self._stays = command.and_then
        self.to_be_recorded = command.record is not None
        dialling = self._dialling = self._ours.begin(words, None)
        try:
            async with asyncio.timeout(command.ring + LONGEST_WHISPER):
                await self._until_joined(dialling)
        except TimeoutError:
            await self._stop_ringing(dialling)
            raise LineError("The switch neither connected the call nor gave it up.") from None
        except asyncio.CancelledError:
            await self._stop_ringing(dialling)
            raise
        if self._joined.is_set():
            return Joined(recorded=self._recording)
        self._over()
        found = await self._ours.done(
            agi.command("GET FULL VARIABLE", "${DIALSTATUS} ${HANGUPCAUSE}")
        )
        status, _, cause = found.data.partition(" ")
        return NotJoined(dial.not_joined(status, cause))

    async def talk(self) -> TalkEnded:
        """Wait until the talk is over."""
        if not self._dialling or not self._joined.is_set():
            raise LineError("Talk was asked for, but nobody has been connected.")
        await asyncio.shield(self._dialling)
        self._over()
        if await self._was_lost():
            return TalkEnded(lost=True)
        if not self._stays and not self._found:
            await asyncio.sleep(CLEAR_UP)
            raise LineError("The switch did not end the call after its last talk.")
        return TalkEnded()

    async def _was_lost(self) -> bool:
        """Whether the talk is over because nothing was heard of the other side any more."""
        with suppress(LineError):  # of a call that ends just now
            found = await self._ours.done(agi.command("GET VARIABLE", dial.MET))
            return found.data == dial.LOST
        return False

    async def _until_joined(self, dialling: Underway) -> None:
        joined = asyncio.create_task(self._joined.wait())
        try:
            await asyncio.wait({dialling, joined}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            joined.cancel()
        if not self._joined.is_set():
            dialling.result()

    async def _stop_ringing(self, dialling: Underway) -> None:
        """Free the other side. If the two were joined in this very moment, a last talk goes on."""
        if self._ours.ending.cause == "link" or self.ends_the_call:
            return
        with suppress(LineError, TimeoutError):
            async with asyncio.timeout(CLEAR_UP):
                # While a whisper is said, Dial does not see that the caller is gone.
                while self.channel or not dialling.done():
                    if self.channel and not await self._ours.hang_up(self.channel):
                        self.channel = ""
                    await finish(dialling, STOP_AGAIN)
        if dialling.done():
            self._over()

    def _over(self) -> None:
        self._dialling = None
        self._keypad.forget()
