"""What does each command of a line mean to Asterisk?

The caller's channel is parked in `AGI(agi:async)`. Sound is made by AGI commands, one at a time;
everything that happens is learnt from AMI events, which `inbound` passes to `event`. Keys come from
DTMFEnd and not from AGI, whose asynchronous loop throws away what is pressed between two commands.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from ivr.errors import LineError
from ivr.line.asterisk import agi, dial, secure, spying, taking_down
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.channel import CLEAR_UP, NEWS_OF_THE_END, PROMPT, Channel
from ivr.line.asterisk.ears import Ears
from ivr.line.asterisk.monitoring import Monitoring
from ivr.line.asterisk.other_side import HoldClass, OtherSide
from ivr.line.asterisk.playback import SETTLE, Audio, Playback
from ivr.line.asterisk.questions import Questions
from ivr.line.asterisk.secure import EVENT as SECURE
from ivr.line.asterisk.secure import SecureEntry
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.commands import (
    Answer,
    Answered,
    Command,
    Connect,
    EndMonitor,
    HandBack,
    HandedBack,
    Hangup,
    Hold,
    HungUp,
    Listen,
    Monitor,
    Mute,
    Outcome,
    Play,
    Record,
    Talk,
)
from ivr.line.ending import Cause, Ended, Ending
from ivr.line.keypad import Keypad


class AsteriskLine:
    """The line of one channel; `call_id` is its Uniqueid. It is made and fed by `Inbound`."""

    def __init__(
        self,
        ami: Ami,
        channel: str,
        call_id: str,
        audio: Audio,
        hold_class: HoldClass,
        ears: Ears | None = None,
    ) -> None:
        self.call_id = call_id
        self.channel = channel
        self.agents = False
        """Whether an agent is on this line, and a customer is what it is joined with."""
        self.vanished = False
        """Whether the line has ended because nothing was heard of the caller any more."""
        self.answered = False
        """Whether the call is off the hook; the dialplan may have answered it already."""
        self.on_entry: Callable[[SecureEntry], None] = lambda entry: None
        """Called when the agent has the caller, or the customer, key a secret."""
        self.on_hold: Callable[[bool], None] = lambda held: None
        """Called when the agent puts the caller on hold (True), and when that is over."""
        self._ami = ami
        self._audio = audio
        self._ending = Ending()
        self._given_up = False
        self._entry: SecureEntry | None = None
        self._taken_aside = asyncio.Event()
        self._keypad = Keypad()
        self._ours = Channel(ami, channel, self._ending, lambda: self._end("caller"))
        self._monitoring = Monitoring(ami, self._ours)
        self._playback = Playback(self._ours, audio)
        self._questions = Questions(call_id, self._ours, self._keypad, audio, ears, self._pressed)
        self._other = OtherSide(self._ours, self._playback, self._keypad, hold_class)

    # What happens to the channel

    def event(self, message: AmiMessage) -> None:
        """Take in an event of this channel, or of one that came to be through this call."""
        if message.get("Uniqueid") != self.call_id:
            self._event_elsewhere(message)
            return
        match message["Event"]:
            case "DTMFEnd" if message.get("Direction") == "Received":
                self._questions.key(message.get("Digit", ""), "ami")
            case "AsyncAGIExec":
                self._ours.executed(message)
            case "DialBegin":
                self._other.rings(message.get("DestChannel", ""))
            case "BridgeEnter":
                self._other.entered()
            case "MixMonitorStart" | "MixMonitorMute":
                self._recording_seen(message)
            case "Hold" | "Unhold" if self.agents:
                self._hold_seen(message)
            case "UserEvent" if message.get("UserEvent") == SECURE:
                self._secure(message)
            case "HangupRequest":
                self._end("caller")
            case "SoftHangupRequest":
                self._end("switch" if self._other.ends_the_call else "caller")
            case "Hangup":
                self.vanished = message.get("Cause") == dial.SILENT
                self._end("caller")
                self._ours.hung_up.set()
            case "AsyncAGIEnd":
                asyncio.get_running_loop().call_later(SETTLE, self._end, "taken_back")

    def _event_elsewhere(self, message: AmiMessage) -> None:
        if message.get("Channel") != self._other.channel:
            return
        match message["Event"]:
            case "HangupRequest" | "Hangup":
                self._other.left()
                self._end_entry("switch")
            case "MixMonitorStart":
                self._other.recorded()
            case "Hold" | "Unhold" if not self.agents:
                self._hold_seen(message)
            case "MixMonitorMute" if self._entry is not None:
                self._entry.event(message)
            case "UserEvent" if self.agents and message.get("UserEvent") == SECURE:
                self._secure(message)
            case "DTMFEnd" if self.agents and message.get("Direction") == "Received":
                self._customer_pressed(message.get("Digit", ""))

    def _recording_seen(self, message: AmiMessage) -> None:
        """Something is told of the recording on our own channel: on an agent's that is the talk's."""
        self._monitoring.event(message)
        if self.agents and self._entry is not None:
            self._entry.event(message)

    def _hold_seen(self, message: AmiMessage) -> None:
        if self.in_talk:
            self.on_hold(message["Event"] == "Hold")

    def _secure(self, message: AmiMessage) -> None:
        """The caller has left the talk to key a secret, heard a prompt there, or is in it again."""
        match message.get("State"):
            case "asked" if self.in_talk and self._entry is None:
                ours, theirs = self.channel, self._other.channel
                caller, agent = (theirs, ours) if self.agents else (ours, theirs)
                recorded = self._other.to_be_recorded
                self._entry = SecureEntry(self._ami, caller, agent, self._audio, recorded=recorded)
                self.on_entry(self._entry)
                self._taken_aside.set()
            case "over":
                self._end_entry("taken_back")
            case _ if self._entry is not None:
                self._entry.event(message)

    def _end_entry(self, cause: Cause) -> None:
        if self._entry is not None:
            self._entry.come_to_an_end(cause)
            self._entry = None

    def _pressed(self, key: str) -> None:
        """A key was pressed on our own channel: an agent's is no answer to what a customer is asked."""
        (self._keypad if self._entry is None or self.agents else self._entry).press(key)

    def _customer_pressed(self, key: str) -> None:
        if self._entry is not None:
            self._entry.press(key)

    def found_talking(self, other_side: str) -> None:
        """The caller is in a talk that somebody else began; `Talk` goes on with it."""
        self._other.found_talking(other_side)

    async def free(self, others: Sequence[str] = ()) -> None:
        """End what somebody else has begun on the line: ringing `others`, a prompt, music.

        Raises `CallerHungUp` and `LineError`.
        """
        for other in others:
            await self._ours.hang_up(other)
        try:
            await self._ending.cuts(self._playback.quieten())
        except Ended:
            raise self._ending.error() from None
        self._keypad.forget()

    def link_lost(self) -> None:
        """The link to the switch is down; this line cannot be used any more."""
        self._ending.come("link")
        self._end_entry("link")
        self._ours.hung_up.set()
        # Whoever waits is told first that it was the link; what runs besides would wait for ever.
        asyncio.get_running_loop().call_later(NEWS_OF_THE_END, self._ours.abandon)

    def _end(self, cause: Cause) -> None:
        self._end_entry(cause)
        if not self._given_up:
            self._ending.come(cause)
        if cause != "taken_back":
            self._ours.abandon()

    # What is asked of the line

    async def perform(self, command: Command) -> Outcome:
        """See `ivr.line.line.Line`."""
        if self._given_up:
            raise LineError("The line was given up; no command can be performed on it any more.")
        if self.in_talk and not isinstance(command, Talk | HandBack | Hangup):
            raise LineError(f"The caller is talking: {type(command).__name__} cannot be performed.")
        try:
            if isinstance(command, Hangup):
                return await self._hang_up()
            return await self._ending.cuts(self._do(command))
        except Ended as ended:
            if ended.cause == "switch" and isinstance(command, Talk):
                return HungUp()
            raise self._ending.error() from None

    async def spy(self, talk: "AsteriskLine", how: str) -> None:
        """Let this call hear what is said in `talk` (see `spying`) until either of them ends.

        Raises CallerHungUp when this one does, LineError when nobody talks there.
        """
        hears = spying.command(talk.channel if talk.agents else talk._other.channel, how)
        await self.perform(Answer())
        try:
            await self._ending.cuts(self._ours.done(hears, None))
        except Ended:
            raise self._ending.error() from None

    async def take_aside(self) -> None:
        """Have the caller key a secret, as if the agent in the talk had dialled *9.

        Returns when the entry has begun. Raises LineError where that cannot be.
        """
        if not self.in_talk or self._entry is not None:
            raise LineError("The caller talks to nobody now, or is keying a secret already.")
        self._taken_aside.clear()
        try:
            async with asyncio.timeout(PROMPT):
                agent = self.channel if self.agents else self._other.channel
                await secure.ask(self._ami, agent)
                await self._taken_aside.wait()
        except TimeoutError:
            raise LineError(
                "The switch did not take the caller aside: no agent talks to them."
            ) from None

    async def has_vanished(self) -> bool:
        """Of a line that is over: whether nothing was heard of the caller any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLEAR_UP):
                await self._ours.hung_up.wait()
        return self.vanished

    @property
    def on_lease(self) -> bool:
        """Whether the call must be taken back by the switch if the engine falls silent."""
        return not self._other.dialled and not self._given_up and self._ending.cause is None

    @property
    def in_talk(self) -> bool:
        """Whether the caller talks to somebody."""
        return self._other.in_talk

    async def _do(self, command: Command) -> Outcome:
        match command:
            case Talk():
                return await self._other.talk()
            case HandBack():
                return await self._hand_back()
            case Monitor() | EndMonitor() | Mute():
                return await self._monitoring.perform(command)
            case _:
                return await self._do_answered(command)

    async def _do_answered(self, command: Command) -> Outcome:
        if not self.answered:
            # ANSWER waits up to half a second for the caller's first sound, so that nothing said is
            # lost; nobody needs to hear anything before a phone can ring.
            at_once = agi.command("EXEC", "Answer", ",i")
            words = at_once if isinstance(command, Connect) else agi.command("ANSWER")
            await self._ours.done(words)
            self.answered = True
        match command:
            case Play():
                return await self._keypad.play(command, partial(self._playback.say, command.spoken))
            case Listen():
                return await self._questions.listen(command, self._playback)
            case Record():
                return await taking_down.record(command, self._ours, self._keypad)
            case Hold():
                return await self._hold(command)
            case Connect():
                if self._monitoring.on:
                    await self._monitoring.end()
                recorded = self.agents and await self._record_talk(command)
                return await self._other.connect(
                    command, self._audio, by_agent=self.agents, recorded=recorded
                )
            case _:
                return Answered()

    async def _record_talk(self, command: Connect) -> bool:
        """Have our own channel recorded in the talk to come, if it is to be; whether it surely is."""
        if command.record is None:
            return False
        return await self._monitoring.begin(command.record, "Db")

    async def _hold(self, command: Hold) -> Outcome:
        try:
            await self._playback.music()
            return await self._keypad.hold(command)
        finally:
            if not self._ending.cause:
                await self._playback.end_music()

    async def _hand_back(self) -> HandedBack:
        in_talk, self._given_up = self.in_talk, True
        if not in_talk:
            await self._ours.done(agi.command("ASYNCAGI BREAK"))
        return HandedBack()

    async def _hang_up(self) -> HungUp:
        if self._ending.cause:
            raise Ended(self._ending.cause)
        self._given_up = True
        if await self._ours.hang_up(self.channel):
            try:
                async with asyncio.timeout(CLEAR_UP):
                    await self._ours.hung_up.wait()
            except TimeoutError:
                raise LineError("The switch did not end the call when told to.") from None
        return HungUp()
