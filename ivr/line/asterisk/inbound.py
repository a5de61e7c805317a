"""Which calls reach the engine, and who is told about them?

`Inbound` sees channels arrive in AsyncAGI, makes a line for each, passes events on to it and
forgets it when the channel ends. Calls that were waiting when the engine or its link came up are
picked up. It also keeps the heart beating that tells the dialplan there is an engine, and renews the
lease on which each call is the engine's.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from ivr.errors import CallerHungUp, LineError
from ivr.line.asterisk.ami import Ami, AmiMessage, Refused
from ivr.line.asterisk.ears import Ears
from ivr.line.asterisk.line import AsteriskLine, Audio, HoldClass
from ivr.line.asterisk.secure import SecureEntry
from ivr.line.commands import HandBack
from ivr.line.line import Arrival, Line

log = logging.getLogger(__name__)

CALLERS = "from-carrier"
AGENTS = "careline-agents"
"""The contexts of the dialplan from which channels come."""

DIALLED = "AppDial"
"""What runs, by AMI's words, on a channel that Dial has made: an agent's, in a talk."""

UP = "6"
"""AMI's ChannelState of an answered channel."""

HEARTBEAT = "CARELINE_ALIVE"
UNDERWAY = 0.1
"""Seconds within which calls arrive that met the heart beating just before it was stopped."""

HEARTBEAT_EVERY = 2.0
"""Seconds; the dialplan takes the engine for dead after a few missed beats."""

LEASE = 10
"""Seconds; a call whose lease is not renewed is taken back by the dialplan and gets a human."""

LINE_EVENTS = (
    "DTMFEnd",
    "AsyncAGIExec",
    "AsyncAGIEnd",
    "UserEvent",
    "DialBegin",
    "BridgeEnter",
    "MixMonitorStart",
    "MixMonitorMute",
    "MixMonitorStop",
    "HangupRequest",
    "SoftHangupRequest",
    "Hangup",
)
"""With AsyncAGIStart, the events the engine must be sent (manager.conf may filter out others)."""

AudioOfCall = Callable[[str], Audio]
"""Gives the `Audio` of one call, by its id: private sentences are deleted with their call."""
OnCall = Callable[[Arrival, Line], Coroutine[Any, Any, None]]
OnFeature = Callable[[str, str, Line], Coroutine[Any, Any, None]]
"""Serves an agent who dialled a feature code: (agent's name, code such as "*45", their line)."""
OnEntry = Callable[[str, SecureEntry], Coroutine[Any, Any, None]]
"""Has the caller of a call (its id), who is in a talk, key a secret."""


async def _no_entry(call_id: str, entry: SecureEntry) -> None:
    await entry.end()


class Inbound:
    """All channels that are in the engine's hands. Each call is served in a task of its own."""

    def __init__(
        self,
        ami: Ami,
        audio: AudioOfCall,
        hold_class: HoldClass,
        on_call: OnCall,
        on_feature: OnFeature,
        ears: Ears | None = None,
        on_entry: OnEntry = _no_entry,
    ) -> None:
        self._on_entry = on_entry
        self._ears = ears
        self._ami = ami
        self._audio = audio
        self._hold_class = hold_class
        self._on_call = on_call
        self._on_feature = on_feature
        self._lines: dict[str, AsteriskLine] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._heart: asyncio.Task[None] | None = None
        self._stopped = False
        ami.subscribe("AsyncAGIStart", self._take)
        for name in LINE_EVENTS:
            ami.subscribe(name, self._happened)
        ami.on_lost(self._lost)
        ami.on_up(lambda: self._spawn(self._pick_up(), "pick up waiting calls"))

    @property
    def channels(self) -> int:
        """How many channels are in the engine's hands."""
        return len(self._lines)

    async def start(self) -> None:
        """Take calls from now on, beginning with those that are already waiting."""
        await self._beat()
        self._heart = asyncio.create_task(self._keep_beating(), name="heartbeat")
        await self._pick_up()

    async def stop(self) -> None:
        """Take no new calls: the dialplan serves them without the engine. Running calls go on."""
        self._stopped = True
        if self._heart:
            self._heart.cancel()
            await asyncio.wait({self._heart})
            self._heart = None
        if self._ami.up:
            await self._ami.action("Setvar", {"Variable": HEARTBEAT, "Value": "0"})
            await asyncio.sleep(UNDERWAY)

    async def spy(self, line: Line, call_id: str, how: str) -> None:
        """Let an agent's line hear the talk of a call: "listen", "whisper" or "barge".

        when there is no such talk.
        """
        talk = self._lines.get(call_id)
        if talk is None or not isinstance(line, AsteriskLine):
            raise LineError(f"The call {call_id} is not here any more.")
        await line.spy(talk, how)

    async def idle(self) -> None:
        """Wait until every call that is being served is over."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _pick_up(self) -> None:
        """Take the calls that are parked in AsyncAGI and whose arrival nobody saw."""
        for channel in await self._ami.list("CoreShowChannels"):
            data = channel.get("ApplicationData", "")
            if channel.get("Application") == "AGI" and data.startswith("agi:async"):
                self._take(channel)
            elif channel.get("Application") == DIALLED:
                await self._record_again(channel.get("Channel", ""))

    async def _record_again(self, agent: str) -> None:
        """End the muting that an engine left behind which died, or lost the switch, in a secure
        entry. No entry outlives its engine's link."""
        with suppress(Refused):  # nothing is recorded there
            how = {"Channel": agent, "Direction": "both", "State": "0"}
            await self._ami.action("MixMonitorMute", how)

    def _take(self, parked: AmiMessage) -> None:
        """Serve the channel of an AsyncAGIStart, or of CoreShowChannels.

        Its Env is not read: that is one text, in which what the caller sent stands before the rest.
        """
        call_id, context = parked.get("Uniqueid", ""), parked.get("Context", "")
        if context not in {CALLERS, AGENTS} or call_id in self._lines:
            return
        if not self._heart and not self._stopped:
            return  # `start` will pick it up, when there are agents to serve it
        channel, dialled = parked.get("Channel", ""), parked.get("Exten", "")
        audio = self._audio(call_id)
        line = AsteriskLine(self._ami, channel, call_id, audio, self._hold_class, self._ears)
        line.answered = parked.get("ChannelState") == UP
        line.on_entry = lambda entry: self._spawn(
            self._on_entry(call_id, entry), f"secure entry of {call_id}"
        )
        self._lines[call_id] = line
        if self._stopped:
            self._spawn(_hand_back(line), f"hand back {call_id}")
            return
        self._spawn(self._lend(line), f"lease of {call_id}")
        if context == AGENTS:
            agent = parked.get("AccountCode", "")
            self._spawn(self._on_feature(agent, dialled, line), f"{agent} dialled {dialled}")
        else:
            number = parked.get("CallerIDNum", "")
            known = "" if number in {"unknown", "<unknown>"} else number
            arrival = Arrival(call_id, known, dialled, datetime.now(UTC))
            self._spawn(self._on_call(arrival, line), f"call {call_id}")

    def _happened(self, message: AmiMessage) -> None:
        call_id = message.get("Uniqueid", "")
        line = self._lines.get(call_id) or self._lines.get(message.get("Linkedid", ""))
        if line:
            line.event(message)
        if message["Event"] == "Hangup":
            self._lines.pop(call_id, None)

    def _lost(self) -> None:
        for line in self._lines.values():
            line.link_lost()
        self._lines.clear()

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_EVERY)
            try:
                await self._beat()
                for line in list(self._lines.values()):
                    await self._lend(line)
            except LineError as error:
                log.warning("The switch was not told that the engine is alive: %s", error)

    async def _beat(self) -> None:
        await self._ami.action("Setvar", {"Variable": HEARTBEAT, "Value": str(int(time.time()))})

    async def _lend(self, line: AsteriskLine) -> None:
        """Renew a call's lease. Talks have none: they go on whatever becomes of the engine."""
        if line.on_lease:
            lease = {"Channel": line.channel, "Timeout": str(LEASE)}
            with suppress(Refused):  # the call has just ended
                await self._ami.action("AbsoluteTimeout", lease)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._served)

    def _served(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("Serving failed: %s", task.get_name(), exc_info=error)


async def _hand_back(line: Line) -> None:
    with suppress(CallerHungUp, LineError):
        await line.perform(HandBack())
