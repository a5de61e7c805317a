"""How does one contract suite serve every kind of line? By an exchange that puts a call through.

A scenario is a call as the engine sees it, with a hand on the caller. The cast of phones is the same
on every exchange.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from ivr.line import recording, virtual_time
from ivr.line.commands import Spoken
from ivr.line.far_end import Answers, Busy, Declines, Phone, RingsOut
from ivr.line.line import Line
from ivr.line.recorded import RecordedLine, Recorder
from ivr.line.simulated import SimulatedLine
from ivr.line.speech_length import seconds

CAST: dict[str, Phone] = {
    "ana": Answers(after=0.5, talks=None),
    "quick": Answers(after=0.5, talks=1.0),
    "leaver": Answers(after=0.5, leaves_whisper=True),
    "busy": Busy(),
    "decliner": Declines(after=0.3),
    "absent": RingsOut(),
    "01088880000": Answers(after=0.5, talks=1.0),
}
"""Agents' phones; any other name is unreachable. "leaver" hangs up half a second after answering."""


VOICE = 400
"""The pitch of a caller's voice, in hertz."""


class Caller(Protocol):
    """The test's hand on the caller and on the whole scene."""

    async def press(self, keys: str) -> None:
        """Press keys, one after the other."""

    async def talk(self, seconds: float) -> None:
        """Talk for so long: hum at `VOICE`; returns when that is over."""

    async def be_quiet(self) -> None:
        """Say nothing from now on, and be heard to: telephones send their silence."""

    async def hang_up(self) -> None:
        """Put the phone down."""


class Speaker(Caller, Protocol):
    """A caller who can also speak."""

    async def say(self, text: str) -> None:
        """Say something; returns when it is said."""


class Ears(Protocol):
    """What was heard in a call that is over."""

    def caller_heard(self, spoken: Spoken) -> bool:
        """Whether the caller heard `spoken`, or its beginning."""

    def agent_heard(self, spoken: Spoken) -> bool:
        """Whether the answering side heard `spoken` before the two were joined."""


Scenario = Callable[[Line, Caller], Awaitable[None]]
SpokenScenario = Callable[[Line, Speaker], Awaitable[None]]


class Exchange(Protocol):
    """Puts one call through."""

    def serve(self, scenario: Scenario) -> Ears:
        """Run `scenario` with a fresh call."""


class SpokenExchange(Protocol):
    """Puts through one call whose caller can speak."""

    def serve(self, scenario: SpokenScenario) -> Ears:
        """Run `scenario` with a fresh call."""


class _SimulatedCaller:
    """Caller and ears in one."""

    def __init__(self, line: SimulatedLine) -> None:
        self._line = line

    async def press(self, keys: str) -> None:
        for key in keys:
            self._line.press(key)
            await asyncio.sleep(0.15)

    async def say(self, text: str) -> None:
        self._line.say(text)
        await asyncio.sleep(seconds(Spoken(text, "ko")))

    async def talk(self, seconds: float) -> None:
        self._line.talk(seconds)
        await asyncio.sleep(seconds)

    async def be_quiet(self) -> None:
        """It is."""

    async def hang_up(self) -> None:
        self._line.hang_up()

    def agent_heard(self, spoken: Spoken) -> bool:
        return spoken in self._line.whispered

    def caller_heard(self, spoken: Spoken) -> bool:
        return spoken in [heard.spoken for heard in self._line.heard]


class SimulatedExchange:
    """Simulated lines under virtual time."""

    def serve(self, scenario: SpokenScenario) -> Ears:
        return virtual_time.run(self._serve(scenario))

    async def _serve(self, scenario: SpokenScenario) -> Ears:
        line = SimulatedLine(phones=CAST)
        caller = _SimulatedCaller(line)
        await scenario(line, caller)
        return caller


class RecordedExchange:
    """Records the scenario on a simulated line, then plays it again from the file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def serve(self, scenario: SpokenScenario) -> Ears:
        ears = virtual_time.run(self._record(scenario))
        virtual_time.run(self._replay(scenario))
        return ears

    async def _record(self, scenario: SpokenScenario) -> Ears:
        line = SimulatedLine(phones=CAST)
        caller = _SimulatedCaller(line)
        recorder = Recorder(line)
        await scenario(recorder, caller)
        recording.save(recorder.entries, self._file)
        return caller

    async def _replay(self, scenario: SpokenScenario) -> None:
        line = RecordedLine(recording.load(self._file))
        await scenario(line, _PlayedBack())
        assert line.finished


class _PlayedBack:
    """A caller who does nothing: what they did is in the recording."""

    async def press(self, keys: str) -> None:
        await asyncio.sleep(0.15 * len(keys))

    async def say(self, text: str) -> None:
        await asyncio.sleep(seconds(Spoken(text, "ko")))

    async def talk(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def be_quiet(self) -> None:
        """Recorded."""

    async def hang_up(self) -> None:
        """Recorded."""
