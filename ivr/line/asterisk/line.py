"""What does each command of a line mean to Asterisk?

The caller's channel is parked in `AGI(agi:async)`. Sound is made by AGI commands, one at a time;
everything that happens is learnt from AMI events, which `inbound` passes to `event`. Keys come from
DTMFEnd and not from AGI, whose asynchronous loop throws away what is pressed between two commands.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from ivr.errors import HearingError, LineError
from ivr.line import voice_file
from ivr.line.asterisk import agi, dial, ears, spying, taking_down
from ivr.line.asterisk.ami import Ami, AmiMessage, Refused
from ivr.line.asterisk.ears import Ears, Question
from ivr.line.asterisk.secure import EVENT as SECURE
from ivr.line.asterisk.secure import SecureEntry
from ivr.line.asterisk.twice import ReportedTwice, Reporter
from ivr.line.commands import (
    Answer,
    Answered,
    Command,
    Connect,
    HandBack,
    HandedBack,
    Hangup,
    Hold,
    HungUp,
    Joined,
    Listen,
    NotJoined,
    Outcome,
    Play,
    Record,
    Recorded,
    Spoken,
    Talk,
    TalkEnded,
)
from ivr.line.ending import Cause, Ended, Ending
from ivr.line.keypad import Keypad
from speech.hearing import Listener

log = logging.getLogger(__name__)

Audio = Callable[[Spoken], Awaitable[Path]]
"""Gives the sound file of something to be said."""
HoldClass = Callable[[Spoken], str | None]
"""Names the class of music on hold that begins with this sentence; None where there is none."""

MUSIC = "default"
PROMPT = 5.0
"""Seconds within which the switch must carry out a command that takes no time by itself."""
LONGEST_SOUND = 600.0
SELF_STOP = 0.08
"""Seconds Asterisk gets to stop a prompt by itself at a key before it is told to."""
STOP_AGAIN = 0.25
"""A stop that comes before the prompt has begun is lost, so it is repeated after this long."""
SETTLE = 0.05
"""Seconds in which a stop that came too late is used up, so that it cannot stop the next prompt.
Whatever is no prompt, a phone to be rung above all, need not wait for that."""
CLEAR_UP = 5.0
LONGEST_WHISPER = 60.0
NORMAL_CLEARING = "16"


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
        self._ami = ami
        self.channel = channel
        self._audio = audio
        self._hold_class = hold_class
        self._ears = ears
        self._keypad = Keypad()
        self._reported = ReportedTwice()
        self._ending = Ending()
        self._hung_up = asyncio.Event()
        self._joined = asyncio.Event()
        self._token = secrets.token_hex(4)
        self._number = 0
        self._results: dict[str, asyncio.Future[agi.Result]] = {}
        self._dialling: asyncio.Task[agi.Result] | None = None
        self._other_side = ""
        self._other_side_left = False
        self._recording = False
        self._settled_at = 0.0
        self.agents = False
        """Whether an agent is on this line, and a customer is what it is joined with."""
        self.answered = False
        """Whether the call is off the hook; the dialplan may have answered it already."""
        self._stays = False
        self._given_up = False
        self._talk_found: asyncio.Future[agi.Result] | None = None
        self._to_be_recorded = False
        self._entry: SecureEntry | None = None
        self.on_entry: Callable[[SecureEntry], None] = lambda entry: None
        """Called when the agent has the caller key a secret."""

    # What happens to the channel

    def event(self, message: AmiMessage) -> None:
        """Take in an event of this channel, or of one that came to be through this call."""
        if message.get("Uniqueid") != self.call_id:
            self._event_elsewhere(message)
            return
        match message["Event"]:
            case "DTMFEnd" if message.get("Direction") == "Received":
                self._key(message.get("Digit", ""), "ami")
            case "AsyncAGIExec":
                waiting = self._results.pop(message.get("CommandID", ""), self._talk_found)
                if waiting and not waiting.done():
                    waiting.set_result(agi.parse(message.get("Result", "")))
            case "DialBegin":
                self._other_side = message.get("DestChannel", "")
            case "BridgeEnter" if not self._other_side_left:
                self._joined.set()
            case "MixMonitorStart" if self.agents:
                self._recording = True
            case "UserEvent" if message.get("UserEvent") == SECURE:
                self._secure(message)
            case "HangupRequest":
                self._end("caller")
            case "SoftHangupRequest":
                self._end("switch" if self._joined.is_set() and not self._stays else "caller")
            case "Hangup":
                self._end("caller")
                self._hung_up.set()
            case "AsyncAGIEnd":
                asyncio.get_running_loop().call_later(SETTLE, self._end, "taken_back")

    def _event_elsewhere(self, message: AmiMessage) -> None:
        """An agent who hangs up in the whisper makes Dial put the caller into an empty bridge."""
        if message.get("Channel") != self._other_side:
            return
        match message["Event"]:
            case "HangupRequest" | "Hangup":
                self._other_side_left = True
                self._end_entry("switch")
            case "MixMonitorStart":
                self._recording = True
            case "MixMonitorMute" if self._entry is not None:
                self._entry.event(message)

    def _secure(self, message: AmiMessage) -> None:
        """The caller has left the talk to key a secret, heard a prompt there, or is in it again."""
        match message.get("State"):
            case "asked" if self._in_talk and self._entry is None:
                self._entry = SecureEntry(
                    self._ami,
                    self.channel,
                    self._other_side,
                    self._audio,
                    recorded=self._to_be_recorded,
                )
                self.on_entry(self._entry)
            case "over":
                self._end_entry("taken_back")
            case _ if self._entry is not None:
                self._entry.event(message)

    def _end_entry(self, cause: Cause) -> None:
        if self._entry is not None:
            self._entry.come_to_an_end(cause)
            self._entry = None

    def found_talking(self, other_side: str) -> None:
        """The caller is in a talk that somebody else began; `Talk` goes on with it."""
        self._other_side = other_side
        self._to_be_recorded = True  # it may be
        self._talk_found = asyncio.get_running_loop().create_future()
        self._dialling = asyncio.create_task(_given(self._talk_found))
        self._joined.set()

    async def free(self, others: Sequence[str] = ()) -> None:
        """End what somebody else has begun on the line: ringing `others`, a prompt, music.

        Raises `CallerHungUp` and `LineError`.
        """
        for other in others:
            await self._free(other)
        try:
            await self._ending.cuts(self._quieten())
        except Ended:
            raise self._ending.error() from None

    async def _quieten(self) -> None:
        quiet = asyncio.create_task(self._done(agi.command("SET MUSIC", "OFF"), CLEAR_UP))
        quiet.add_done_callback(_look)
        try:
            while not quiet.done():  # it comes after whatever is under way
                stop = {"Channel": self.channel, "Control": "stop"}
                await self._ami.action("ControlPlayback", stop)
                self._settled_at = asyncio.get_running_loop().time() + SETTLE
                await _finish(quiet, STOP_AGAIN)
                if not quiet.done():  # no prompt: a recording, then
                    key = {"Digit": taking_down.STOP, "Duration": "1", "Receive": "true"}
                    await self._ami.action("PlayDTMF", {"Channel": self.channel, **key})
            quiet.result()
        finally:
            quiet.cancel()
        self._keypad.forget()

    def link_lost(self) -> None:
        """The link to the switch is down; this line cannot be used any more."""
        self._ending.come("link")
        self._end_entry("link")
        self._hung_up.set()

    def _end(self, cause: Cause) -> None:
        self._end_entry(cause)
        if not self._given_up:
            self._ending.come(cause)
        for waiting in self._results.values():
            if not waiting.done() and cause != "taken_back":
                waiting.set_result(agi.HUNG_UP)

    # What is asked of the line

    async def perform(self, command: Command) -> Outcome:
        """See `ivr.line.line.Line`."""
        if self._given_up:
            raise LineError("The line was given up; no command can be performed on it any more.")
        if self._in_talk and not isinstance(command, Talk | HandBack | Hangup):
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
        hears = spying.command(talk.channel if talk.agents else talk._other_side, how)
        await self.perform(Answer())
        try:
            await self._ending.cuts(self._done(hears, None))
        except Ended:
            raise self._ending.error() from None

    @property
    def on_lease(self) -> bool:
        """Whether the call must be taken back by the switch if the engine falls silent."""
        dialling = self._dialling is not None and not self._dialling.done()
        return not dialling and not self._given_up and self._ending.cause is None

    @property
    def in_talk(self) -> bool:
        """Whether the caller talks to somebody."""
        return self._in_talk

    @property
    def _in_talk(self) -> bool:
        dialling = self._dialling
        joined = self._joined.is_set() and not self._ending.cause
        return joined and dialling is not None and not dialling.done()

    async def _do(self, command: Command) -> Outcome:
        match command:
            case Talk():
                return await self._talk()
            case HandBack():
                return await self._hand_back()
            case _:
                return await self._do_answered(command)

    async def _do_answered(self, command: Command) -> Outcome:
        if not self.answered:
            # ANSWER waits up to half a second for the caller's first sound, so that nothing said is
            # lost; nobody needs to hear anything before a phone can ring.
            at_once = agi.command("EXEC", "Answer", ",i")
            await self._done(at_once if isinstance(command, Connect) else agi.command("ANSWER"))
            self.answered = True
        match command:
            case Play():
                return await self._keypad.play(command, partial(self._say, command.spoken))
            case Listen():
                return await self._listen(command)
            case Record():
                return await self._record(command)
            case Hold():
                return await self._hold(command)
            case Connect():
                return await self._connect(command)
            case _:
                return Answered()

    async def _listen(self, command: Listen) -> Outcome:
        if command.speech is not None and not command.secret and self._ears is not None:
            listener = await self._ears.listener(command.speech)
            if listener is not None:
                try:
                    return await self._listen_to_voice(self._ears, command, listener)
                except (HearingError, LineError) as error:
                    if self._ending.cause:
                        raise
                    trouble, self._ears = self._ears.trouble, None
                    trouble(self.call_id, f"the caller is served by keys alone: {error}")
                finally:
                    listener.close()
        return await self._keypad.listen(command, partial(self._say, command.spoken))

    async def _listen_to_voice(self, ears_: Ears, command: Listen, listener: Listener) -> Outcome:
        files = [await self._audio(one) for one in command.spoken]
        sound = await asyncio.to_thread(ears.read, files)
        question = Question(command, self._keypad, listener)
        conversation = ears_.sockets.expect(question.hear, partial(self._key, reporter="socket"))
        place = f"{ears_.sockets.address}:{ears_.sockets.port}"
        words = agi.command("EXEC", "AudioSocket", f"{conversation.uuid},{place}")
        self._reported.begin()
        joined = asyncio.create_task(self._done(words, None))
        joined.add_done_callback(_look)
        joined.add_done_callback(lambda _: conversation.close())
        try:
            await conversation.connected()
            return await question.outcome(conversation, sound)
        finally:
            conversation.close()
            self._reported.end()
            if self._ending.cause != "link":
                await _finish(joined, CLEAR_UP)
            joined.cancel()
            ears_.hearing.done_with(listener)

    def _key(self, key: str, reporter: Reporter) -> None:
        if self._reported.counts(key, reporter):
            (self._keypad if self._entry is None else self._entry).press(key)

    async def _say(self, spoken: Sequence[Spoken], interrupt: str) -> None:
        for one in spoken:
            sound = agi.sound(await self._audio(one))
            stopped = await self._stream(sound, interrupt, 0)
            while stopped.result > 0:
                # Asterisk stopped at a key. Was it a key that counts, we are cancelled by now.
                await asyncio.sleep(SETTLE)
                stopped = await self._stream(sound, interrupt, stopped.endpos)

    async def _stream(self, sound: str, interrupt: str, start: int) -> agi.Result:
        """Play a sound from sample `start`; when cancelled, end it before returning."""
        await asyncio.sleep(self._settled_at - asyncio.get_running_loop().time())
        words = agi.command("STREAM FILE", sound, interrupt, str(start))
        playing = asyncio.create_task(self._done(words, LONGEST_SOUND))
        playing.add_done_callback(_look)
        try:
            return await asyncio.shield(playing)
        except asyncio.CancelledError:
            await self._cut(playing, stops_itself=bool(interrupt))
            raise

    async def _cut(self, playing: "asyncio.Task[agi.Result]", *, stops_itself: bool) -> None:
        with suppress(LineError):
            if stops_itself:
                await _finish(playing, SELF_STOP)
            async with asyncio.timeout(CLEAR_UP):
                while not playing.done() and not self._ending.cause:
                    stop = {"Channel": self.channel, "Control": "stop"}
                    await self._ami.action("ControlPlayback", stop)
                    self._settled_at = asyncio.get_running_loop().time() + SETTLE
                    await _finish(playing, STOP_AGAIN)
        playing.cancel()

    async def _record(self, command: Record) -> Recorded:
        recording = voice_file.under_way(command.file)
        words, clock = taking_down.words(command, recording), asyncio.get_running_loop().time
        began = clock()

        async def take_down() -> None:
            nonlocal began
            if command.tone:
                await self._sound_tone()
            began = clock()
            await self._take_down(words, command.most + PROMPT)

        try:
            key = await self._keypad.record(command, take_down())
            lasted = clock() - began
        finally:
            said = await asyncio.to_thread(voice_file.keep, recording, command.file)
        if key is not None:
            return Recorded(said, "key", key)
        return Recorded(said, "time" if lasted >= command.most else "silence")

    async def _sound_tone(self) -> None:
        await self._done(taking_down.TONE)
        try:
            await asyncio.sleep(taking_down.TONE_LASTS)
        finally:
            if not self._ending.cause:
                await self._done(taking_down.END_TONE)

    async def _take_down(self, words: str, within: float) -> None:
        """Record until the switch ends it; when cancelled, end it. Its file is whole at the end."""
        recording = asyncio.create_task(self._done(words, within))
        recording.add_done_callback(_look)
        try:
            await asyncio.shield(recording)
        except asyncio.CancelledError:
            await self._end_recording(recording)
            raise
        finally:
            if self._ending.cause and self._ending.cause != "link":
                # The switch closes the file of a caller who is gone with the channel, or before.
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLEAR_UP):
                        await self._hung_up.wait()

    async def _end_recording(self, recording: "asyncio.Task[agi.Result]") -> None:
        """A key of the caller's ends it by itself; else we press one that callers have not."""
        with suppress(LineError, TimeoutError):
            await _finish(recording, SELF_STOP)
            async with asyncio.timeout(CLEAR_UP):
                while not recording.done() and not self._ending.cause:
                    key = {"Digit": taking_down.STOP, "Duration": "1", "Receive": "true"}
                    await self._ami.action("PlayDTMF", {"Channel": self.channel, **key})
                    await _finish(recording, STOP_AGAIN)
        recording.cancel()

    async def _hold(self, command: Hold) -> Outcome:
        try:
            await self._done(agi.command("SET MUSIC", "ON", MUSIC))
            return await self._keypad.hold(command)
        finally:
            if not self._ending.cause:
                await self._done(agi.command("SET MUSIC", "OFF"))

    async def _connect(self, command: Connect) -> Joined | NotJoined:
        music = None if self.agents else MUSIC
        if command.meanwhile:
            music = self._hold_class(command.meanwhile) or MUSIC
            if music == MUSIC:
                await self._say((command.meanwhile,), "")
        whisper = [await self._audio(one) for one in command.whisper]
        words = dial.subroutine(command, whisper, music, by_agent=self.agents)
        self._joined.clear()
        self._other_side = ""
        self._other_side_left = False
        self._recording = False
        self._stays = command.and_then
        self._to_be_recorded = command.record is not None
        if self.agents and command.record is not None:
            await self._done(dial.recorder(command.record))
        self._dialling = asyncio.create_task(self._done(words, None))
        self._dialling.add_done_callback(_look)
        try:
            async with asyncio.timeout(command.ring + LONGEST_WHISPER):
                await self._until_joined(self._dialling)
        except TimeoutError:
            await self._stop_ringing(self._dialling)
            raise LineError("The switch neither connected the call nor gave it up.") from None
        except asyncio.CancelledError:
            await self._stop_ringing(self._dialling)
            raise
        if self._joined.is_set():
            return Joined(recorded=self._recording)
        self._dialling = None
        self._keypad.forget()
        found = await self._done(agi.command("GET FULL VARIABLE", "${DIALSTATUS} ${HANGUPCAUSE}"))
        status, _, cause = found.data.partition(" ")
        return NotJoined(dial.not_joined(status, cause))

    async def _until_joined(self, dialling: "asyncio.Task[agi.Result]") -> None:
        joined = asyncio.create_task(self._joined.wait())
        try:
            await asyncio.wait({dialling, joined}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            joined.cancel()
        if not self._joined.is_set():
            dialling.result()

    async def _stop_ringing(self, dialling: "asyncio.Task[agi.Result]") -> None:
        """Free the other side. If the two were joined in this very moment, a last talk goes on."""
        if self._ending.cause == "link" or (self._joined.is_set() and not self._stays):
            return
        with suppress(LineError, TimeoutError):
            async with asyncio.timeout(CLEAR_UP):
                # While a whisper is said, Dial does not see that the caller is gone.
                while self._other_side or not dialling.done():
                    if self._other_side and not await self._free(self._other_side):
                        self._other_side = ""
                    await _finish(dialling, STOP_AGAIN)
        if dialling.done():
            self._dialling = None
            self._keypad.forget()

    async def _free(self, channel: str) -> bool:
        """Hang up the other side's channel; whether it was there."""
        try:
            await self._ami.action("Hangup", {"Channel": channel, "Cause": NORMAL_CLEARING})
        except Refused as refused:
            if refused.meaning == "channel_gone":
                return False
            raise
        return True

    async def _talk(self) -> TalkEnded:
        if not self._dialling or not self._joined.is_set():
            raise LineError("Talk was asked for, but nobody has been connected.")
        await asyncio.shield(self._dialling)
        self._dialling = None
        self._keypad.forget()
        if not self._stays and self._talk_found is None:
            await asyncio.sleep(CLEAR_UP)
            raise LineError("The switch did not end the call after its last talk.")
        return TalkEnded()

    async def _hand_back(self) -> HandedBack:
        in_talk, self._given_up = self._in_talk, True
        if not in_talk:
            await self._done(agi.command("ASYNCAGI BREAK"))
        return HandedBack()

    async def _hang_up(self) -> HungUp:
        if self._ending.cause:
            raise Ended(self._ending.cause)
        self._given_up = True
        try:
            hangup = {"Channel": self.channel, "Cause": NORMAL_CLEARING}
            await self._ami.action("Hangup", hangup)
            async with asyncio.timeout(CLEAR_UP):
                await self._hung_up.wait()
        except Refused as refused:
            if refused.meaning != "channel_gone":
                raise
        except TimeoutError:
            raise LineError("The switch did not end the call when told to.") from None
        return HungUp()

    async def _done(self, words: str, within: float | None = PROMPT) -> agi.Result:
        """Have an AGI command carried out; `within` seconds, if it has a limit."""
        self._number += 1
        command_id = f"{self._token}-{self._number}"
        waiting = self._results[command_id] = asyncio.get_running_loop().create_future()
        try:
            request = {"Channel": self.channel, "Command": words, "CommandID": command_id}
            await self._ami.action("AGI", request)
            async with asyncio.timeout(within):
                result: agi.Result = await waiting
        except Refused as refused:
            if refused.meaning == "channel_gone":
                self._end("caller")
            raise
        except TimeoutError:
            raise LineError(f"The switch did not finish {_name(words)} in time.") from None
        finally:
            self._results.pop(command_id, None)
        if result.failed:
            raise LineError(f"The switch could not perform {_name(words)}: {result}")
        return result


async def _given(result: "asyncio.Future[agi.Result]") -> agi.Result:
    return await result


async def _finish(task: "asyncio.Task[agi.Result]", within: float) -> None:
    await asyncio.wait({task}, timeout=within)


def _name(words: str) -> str:
    return words.split(maxsplit=1)[0]


def _look(task: "asyncio.Task[agi.Result]") -> None:
    """Look at how a task ended, so that asyncio does not report a failure as overlooked."""
    if not task.cancelled():
        task.exception()
