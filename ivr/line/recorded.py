"""How does a call become a test? `Recorder` notes what a line did, `RecordedLine` does it again."""

import asyncio

from ivr.errors import CallerHungUp, LineError
from ivr.line import voice_file
from ivr.line.commands import (
    Command,
    Connect,
    EndMonitor,
    HandBack,
    Hangup,
    Listen,
    Monitor,
    Mute,
    Outcome,
    Play,
    Record,
    Recorded,
)
from ivr.line.line import Line
from ivr.line.monitor import OURS, THEIRS
from ivr.line.monitor import Monitor as Recording
from ivr.line.recording import (
    CallerGone,
    Cancelled,
    End,
    Entry,
    Failed,
    without_private_texts,
    without_secrets,
)


class Recorder:
    """A line that passes everything on to another and notes it in `entries`, without secrets."""

    def __init__(self, line: Line) -> None:
        self.entries: list[Entry] = []
        self._line = line

    async def perform(self, command: Command) -> Outcome:
        """See `ivr.line.line.Line`."""
        clock = asyncio.get_running_loop().time
        began = clock()
        before = _identity(command)
        end: End = Cancelled()
        try:
            end = outcome = await self._line.perform(command)
        except CallerHungUp:
            end = CallerGone()
            raise
        except LineError as error:
            end = Failed(str(error))
            raise
        finally:
            if isinstance(end, CallerGone | Cancelled) and _identity(command) != before:
                assert isinstance(command, Record)
                end = type(end)(voice_file.seconds(command.file))
            self.entries.append(without_secrets(Entry(command, end, clock() - began)))
        return outcome


class RecordedLine:
    """A line that gives the recorded outcomes, each after the recorded time.

    A command that differs from the recorded one raises AssertionError: the flow no longer does what
    it did when the call was recorded.
    """

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries
        self._next = 0
        self._recording: Recording | None = None

    @property
    def finished(self) -> bool:
        """Whether every recorded command has been performed."""
        return self._next == len(self._entries)

    async def perform(self, command: Command) -> Outcome:
        """See `ivr.line.line.Line`."""
        if self.finished:
            raise AssertionError(f"The recording is over, but {command} was asked for.")
        entry = self._entries[self._next]
        self._next += 1
        asked = without_private_texts(command)
        if asked != entry.command:
            raise AssertionError(
                f"Command {self._next} was recorded as {entry.command}, but is now {asked}."
            )
        self._record(command, entry)
        if isinstance(entry.end, Cancelled):
            try:
                return await _never()
            finally:
                _hum(command, entry.end.said)
        await asyncio.sleep(entry.seconds)
        match entry.end:
            case CallerGone(said):
                _hum(command, said)
                self._end_recording()
                raise CallerHungUp
            case Failed(why):
                raise LineError(why)
            case Recorded(said) as outcome:
                _hum(command, said)
                return outcome
            case outcome:
                return outcome

    def _record(self, command: Command, entry: Entry) -> None:
        """Record what is heard of a command as it begins; a hum stands for everything."""
        match command:
            case Monitor() | EndMonitor() | Connect() | HandBack() | Hangup():
                self._end_recording()
                if isinstance(command, Monitor):
                    self._recording = Recording(command.file)
            case _ if self._recording is None:
                pass
            case Mute():
                self._recording.mute(on=command.on)
            case Play() | Listen() if command.spoken:
                self._recording.sounds(OURS, entry.seconds)
            case Record() if isinstance(entry.end, Recorded):
                self._recording.sounds(THEIRS, entry.end.seconds)

    def _end_recording(self) -> None:
        if self._recording is not None:
            self._recording.end()
            self._recording = None


def _identity(command: Command) -> int | None:
    """Which file now lies where a `Record` puts its own; it changes when there is a new one."""
    if isinstance(command, Record) and command.file.exists():
        return command.file.stat().st_ino
    return None


def _hum(command: Command, seconds: float) -> None:
    """What a caller said is not in a recording; as much of a hum stands for it."""
    if isinstance(command, Record) and seconds:
        voice_file.write(command.file, voice_file.hum(seconds))


async def _never() -> Outcome:
    """Wait to be cancelled, as happened when the call was recorded."""
    future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    return await future
