"""A telephone line without telephones: what would this call hear, and what would come of it?

It sleeps with `asyncio.sleep` only, so under `ivr.line.virtual_time` a call of ten minutes takes a
fraction of a millisecond. It is no test double: flows are tried out on it every day.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.errors import LineError
from ivr.line.commands import (
    AgentPhone,
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
    Joined,
    Listen,
    Monitor,
    Monitored,
    Mute,
    Muted,
    NotJoined,
    NotJoinedCause,
    Outcome,
    Play,
    Record,
    Recorded,
    Spoken,
    Talk,
    TalkEnded,
    Unclear,
    Utterance,
)
from ivr.line.ear import Ear
from ivr.line.ending import Ended, Ending
from ivr.line.far_end import (
    Answers,
    Busy,
    Declines,
    FarEnd,
    HangUp,
    Moment,
    Mumble,
    Phone,
    Press,
    RingsOut,
    Say,
    Script,
    Talks,
    Unreachable,
)
from ivr.line.hearing import outcome
from ivr.line.keypad import Keypad
from ivr.line.monitor import FADES, OURS, THEIRS
from ivr.line.monitor import Monitor as Recording
from ivr.line.speech_length import seconds
from ivr.line.tape import Tape

Waited = Play | Listen | Record | Hold | Connect | Talk | Monitor | EndMonitor | Mute
"""The commands that may take time."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`spoken` was begun `at` seconds into the call; `whole`: it was heard to the end."""

    at: float
    spoken: Spoken
    whole: bool


class SimulatedLine:
    """A line whose caller is a `FarEnd` and whose phones are scripted.

    `phones` tells by agent's name or outside number how a phone behaves; others are unreachable.
    `heard` is what the caller heard, `whispered` what answering sides heard before they were
    joined. Must be made inside a running event loop: the call begins now.
    """

    def __init__(
        self, far_end: FarEnd | None = None, phones: Mapping[str, Phone] | None = None
    ) -> None:
        self.heard: list[Heard] = []
        self.whispered: list[Spoken] = []
        self._far_end: FarEnd = far_end or Script()
        self._phones: Mapping[str, Phone] = phones or {}
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._keypad = Keypad()
        self._tape = Tape()
        self._ear = Ear(self._keypad)
        self._recording: Recording | None = None
        self._silence = self._loop.call_soon(lambda: None)  # when what is being said ends
        self._ending = Ending()
        self._talk: asyncio.Future[bool] | None = None
        self._returns = False
        self._given_up = False
        self._prompts = self._questions = 0
        if isinstance(far_end, Script) and far_end.hang_up_at is not None:
            self._loop.call_later(far_end.hang_up_at, self.hang_up)

    def press(self, key: str) -> None:
        """The caller presses a key now."""
        self._keypad.press(key)

    def say(self, text: str, confidence: float = 1.0) -> None:
        """The caller begins to say `text` now; a recognizer would be as sure as `confidence`."""
        speech = self._ear.speech
        if speech is not None:
            language = speech.grammars[0].language if speech.grammars else ""
            heard = outcome(text, speech, confidence)
            self._voice(seconds(Spoken(text, language)), heard)

    def mumble(self, lasts: float, heard: Unclear) -> None:
        """The caller begins to make a sound without words now."""
        self._voice(lasts, heard)

    def _voice(self, lasts: float, heard: Utterance | Unclear) -> None:
        self._silence.cancel()
        self._ear.begins()
        if self._recording is not None:
            self._recording.sounds(THEIRS, lasts)
        self._silence = self._loop.call_later(lasts, self._ear.ends, heard)

    def talk(self, seconds: float) -> None:
        """The caller begins to talk now, for so long; what they say only a recording takes down."""
        self._tape.talk(seconds)
        if self._recording is not None:
            self._recording.sounds(THEIRS, seconds)

    def hang_up(self) -> None:
        """The caller hangs up now."""
        self._end_recording()
        self._ending.come("caller")

    async def perform(self, command: Command) -> Outcome:
        """See `ivr.line.line.Line`."""
        if self._given_up:
            raise LineError("The line was given up; no command can be performed on it any more.")
        if self._in_talk and not isinstance(command, Talk | HandBack | Hangup):
            raise LineError(f"The caller is talking: {type(command).__name__} cannot be performed.")
        self._react(command)
        try:
            if isinstance(command, Answer | HandBack | Hangup):
                return self._do_at_once(command)
            return await self._ending.cuts(self._do(command))
        except Ended as ended:
            if ended.cause == "switch" and isinstance(command, Talk):
                return HungUp()
            raise self._ending.error() from None

    def _do_at_once(self, command: Answer | HandBack | Hangup) -> Outcome:
        if self._ending.cause:
            raise Ended(self._ending.cause)
        if isinstance(command, Answer):
            return Answered()
        self._given_up = True
        self._end_recording()
        return HandedBack() if isinstance(command, HandBack) else HungUp()

    async def _do(self, command: Waited) -> Outcome:  # noqa: PLR0911  one for each command
        match command:
            case Play():
                return await self._keypad.play(command, lambda _: self._say(command.spoken))
            case Listen():
                taker = self._keypad if command.speech is None else self._ear
                return await taker.listen(command, lambda _: self._say(command.spoken))
            case Record():
                return await self._record(command)
            case Hold():
                return await self._keypad.hold(command)
            case Connect():
                self._end_recording()
                return await self._connect(command)
            case Talk():
                return await self._talk_to_end()
            case Monitor() | EndMonitor() | Mute():
                return await self._monitor(command)

    @property
    def _in_talk(self) -> bool:
        return self._talk is not None and not self._talk.done() and not self._ending.cause

    def _react(self, command: Command) -> None:
        """Let the caller react to the beginning of `command`, perhaps only after its end."""
        prompt = question = 0
        if isinstance(command, Play | Listen):
            prompt = self._prompts = self._prompts + 1
        if isinstance(command, Listen | Record):
            question = self._questions = self._questions + 1
        match self._far_end.react(Moment(command, prompt, question)):
            case Press(keys, after, apart):
                for place, key in enumerate(keys):
                    self._loop.call_later(after + place * apart, self.press, key)
            case Say(text, after, confidence):
                self._loop.call_later(after, self.say, text, confidence)
            case Mumble(after, lasts, cause):
                self._loop.call_later(after, self.mumble, lasts, Unclear(cause))
            case Talks(lasts, after, then, hangs_up):
                self._loop.call_later(after, self.talk, lasts)
                for place, key in enumerate(then, start=1):
                    self._loop.call_later(after + lasts + place * 0.5, self.press, key)
                if hangs_up:
                    self._loop.call_later(after + lasts, self.hang_up)
            case HangUp(after):
                self._loop.call_later(after, self.hang_up)

    async def _say(self, spoken: tuple[Spoken, ...]) -> None:
        for one in spoken:
            place = len(self.heard)
            at = self._loop.time() - self._began
            self.heard.append(Heard(at, one, whole=False))
            if self._recording is not None:
                self._recording.sounds(OURS, seconds(one))
            try:
                await asyncio.sleep(seconds(one))
            finally:
                if self._recording is not None:
                    self._recording.falls_silent(OURS)
            self.heard[place] = Heard(at, one, whole=True)

    async def _monitor(self, command: Monitor | EndMonitor | Mute) -> Monitored | Muted:
        if isinstance(command, Mute):
            if self._recording is not None:
                await asyncio.sleep(0.0 if command.on else FADES)
                self._recording.mute(on=command.on)
            return Muted(certain=True)
        self._end_recording()
        if isinstance(command, Monitor):
            self._recording = Recording(command.file)
        return Monitored(isinstance(command, Monitor))

    def _end_recording(self) -> None:
        if self._recording is not None:
            self._recording.end()
            self._recording = None

    async def _record(self, command: Record) -> Recorded:
        try:
            key = await self._keypad.record(command, self._tape.run(command))
        finally:
            said = self._tape.keep(command)
        if key is not None:
            return Recorded(said, "key", key)
        return Recorded(said, "time" if self._tape.timed_out(command) else "silence")

    async def _connect(self, command: Connect) -> Joined | NotJoined:
        to = command.to
        phone = self._phones.get(
            to.agent if isinstance(to, AgentPhone) else to.number, Unreachable()
        )
        if command.meanwhile:
            self.heard.append(
                Heard(self._loop.time() - self._began, command.meanwhile, whole=False)
            )
        cause, after = _refusal(phone)
        if isinstance(phone, Answers) and phone.after <= command.ring:
            await asyncio.sleep(phone.after)
            return await self._join(phone, command)
        await asyncio.sleep(min(after, command.ring))
        self._keypad.forget()
        return NotJoined(cause if after <= command.ring else "no_answer")

    async def _join(self, phone: Answers, command: Connect) -> Joined | NotJoined:
        for one in command.whisper:
            self.whispered.append(one)
            if phone.leaves_whisper:
                await asyncio.sleep(seconds(one) / 2)
                self._keypad.forget()
                return NotJoined("declined")
            await asyncio.sleep(seconds(one))
        self._talk = self._loop.create_future()
        self._returns = command.and_then
        if phone.talks is not None:
            ends = self._is_lost if phone.vanishes else self._agent_hangs_up
            self._loop.call_later(phone.talks, ends, self._talk)
        return Joined(recorded=command.record is not None)

    def _is_lost(self, talk: "asyncio.Future[bool]") -> None:
        talk.set_result(True)

    def _agent_hangs_up(self, talk: "asyncio.Future[bool]") -> None:
        if self._returns:
            talk.set_result(False)
        else:
            self._ending.come("switch")

    async def _talk_to_end(self) -> TalkEnded | HungUp:
        if not self._talk:
            raise LineError("Talk was asked for, but nobody has been connected.")
        lost = await asyncio.shield(self._talk)
        self._talk = None
        self._keypad.forget()
        return TalkEnded(lost)


def _refusal(phone: Phone) -> tuple[NotJoinedCause, float]:
    """Why a phone is not picked up, and after how many seconds that is known."""
    match phone:
        case Busy(after):
            return "busy", after
        case Declines(after):
            return "declined", after
        case Unreachable():
            return "unreachable", 0.0
        case Answers() | RingsOut():
            return "no_answer", float("inf")
