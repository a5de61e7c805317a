"""Which calls reach the engine, and who is told about them?

`Inbound` sees channels arrive in AsyncAGI, makes a line for each, passes events on to it and
forgets it when the channel ends. When the engine or its link comes up, and every few seconds, it
compares what it knows with what the switch has: calls whose arrival nobody saw are taken, calls left
by an engine that died are picked up, and calls whose end nobody saw are ended. A `Heart` tells the
dialplan that there is somebody to take calls.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ivr.errors import CallerHungUp, LineError
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.ears import Ears
from ivr.line.asterisk.heart import Heart
from ivr.line.asterisk.line import AsteriskLine
from ivr.line.asterisk.other_side import HoldClass
from ivr.line.asterisk.outbound import CALLBACKS, Outbound
from ivr.line.asterisk.playback import Audio
from ivr.line.asterisk.secure import SecureEntry, record_again
from ivr.line.asterisk.sighting import AGAIN, AGENTS, CALLERS, Sighting, sightings
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.commands import HandBack, Hangup
from ivr.line.line import Arrival, Line
from ivr.record import BACK

log = logging.getLogger(__name__)

UP = "6"
"""AMI's ChannelState of an answered channel."""

IN_STEP_EVERY = 4.0
"""Seconds between two comparisons with what the switch has: events may get lost on the way."""

LINE_EVENTS = (
    "DTMFEnd",
    "AsyncAGIExec",
    "AsyncAGIEnd",
    "UserEvent",
    "DialBegin",
    "BridgeEnter",
    "MixMonitorStart",
    "MixMonitorMute",
    "Hold",
    "Unhold",
    "HangupRequest",
    "SoftHangupRequest",
    "Hangup",
    "OriginateResponse",
)
"""With AsyncAGIStart, the events the engine must be sent (manager.conf may filter out others)."""

AudioOfCall = Callable[[str], Audio]
"""Gives the `Audio` of one call, by its id: private sentences are deleted with their call."""
OnCall = Callable[[Arrival, Line], Coroutine[Any, Any, bool | None]]
"""Serves a call. True when the link was lost on the way and the call is to be picked up again."""
OnSeen = Callable[[dict[str, Sighting], bool], None]
"""Told what the switch has, before any of it is taken, and whether it was restarted."""
OnFeature = Callable[[str, str, Line], Coroutine[Any, Any, None]]
"""Serves an agent who dialled a feature code: (agent's name, code such as "*45", their line)."""
OnEntry = Callable[[str, SecureEntry], Coroutine[Any, Any, None]]
"""Has the caller of a call (its id), who is in a talk, key a secret."""

OnAgain = Callable[[str, str, Line], Coroutine[Any, Any, None]]
"""Serves a customer (the id of their call), who was rung back in another (its id) and has lost the
agent there."""

OnHold = Callable[[str, bool], None]
"""Told when the caller of a call (its id) is put on hold by the agent, and when that is over."""


async def _no_entry(call_id: str, entry: SecureEntry) -> None:
    await entry.end()


async def _no_more(call_id: str, before: str, line: Line) -> None:
    await _hand_back(line)


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
        on_seen: OnSeen = lambda seen, restarted: None,
        on_entry: OnEntry = _no_entry,
        on_hold: OnHold = lambda call_id, held: None,
        outbound: Outbound | None = None,
    ) -> None:
        self.on_again: OnAgain = _no_more
        """Who serves customers who were rung back."""
        self._on_entry = on_entry
        self._on_hold = on_hold
        self._ears = ears
        self._on_seen = on_seen
        self._outbound = outbound
        self._ami = ami
        self._audio = audio
        self._hold_class = hold_class
        self._on_call = on_call
        self._on_feature = on_feature
        self._lines: dict[str, AsteriskLine] = {}
        self._came_of: dict[str, AsteriskLine] = {}
        """Customers who were rung back, by the call in which: events name that as their origin."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._heart = Heart(ami, lambda: list(self._lines.values()))
        self._stopped = False
        self._keeping_in_step: asyncio.Task[None] | None = None
        self._in_step = False
        self._switch_began = ""
        self._turn = asyncio.Lock()
        self._over: set[str] = set()
        """Channels that ended while the switch was being asked what it has."""
        ami.subscribe("AsyncAGIStart", self._arrived)
        for name in LINE_EVENTS:
            ami.subscribe(name, self._happened)
        ami.on_lost(self._lost)
        ami.on_up(lambda: self._spawn(self._back(), "pick up waiting calls"))

    @property
    def channels(self) -> int:
        """How many channels are in the engine's hands."""
        return len(self._lines)

    async def start(self) -> None:
        """Take calls from now on, beginning with those that are already waiting."""
        await self._heart.start()
        await self._come_in_step()
        self._keeping_in_step = asyncio.create_task(self._keep_in_step(), name="in step")

    async def stop(self) -> None:
        """Take no new calls: the dialplan serves them without the engine. Running calls go on."""
        self._stopped = True
        if self._keeping_in_step:
            self._keeping_in_step.cancel()
            await asyncio.wait({self._keeping_in_step})
        await self._heart.stop()

    async def spy(self, line: Line, call_id: str, how: str) -> None:
        """Let an agent's line hear the talk of a call: "listen", "whisper" or "barge".

        Returns when the talk is over. Raises CallerHungUp when the agent hangs up, and LineError
        when there is no such talk.
        """
        talk = self._lines.get(call_id)
        if talk is None or not isinstance(line, AsteriskLine):
            raise LineError(f"The call {call_id} is not here any more.")
        await line.spy(talk, how)

    async def take_aside(self, call_id: str) -> None:
        """Have the caller of a call, who is in a talk, key a secret; see `AsteriskLine.take_aside`."""
        line = self._lines.get(call_id)
        if line is None:
            raise LineError(f"The call {call_id} is not here any more.")
        await line.take_aside()

    async def idle(self) -> None:
        """Wait until every call that is being served is over."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _back(self) -> None:
        await self._heart.beat()
        await self._come_in_step()

    async def _keep_in_step(self) -> None:
        while True:
            await asyncio.sleep(IN_STEP_EVERY)
            with suppress(LineError):  # a link that is down comes in step when it is up again
                await self._come_in_step()

    async def _come_in_step(self) -> None:
        """Compare with what the switch has; talks first, as nobody in one may be rung."""
        async with self._turn:
            known = dict(self._lines)
            self._over.clear()
            status = await self._ami.action("CoreStatus")
            began = f"{status.get('CoreStartupDate')} {status.get('CoreStartupTime')}"
            restarted = self._switch_began not in {"", began}
            self._switch_began = began
            seen = sightings(await self._ami.list("CoreShowChannels"))
            for call_id, line in known.items():
                if call_id not in seen and self._lines.get(call_id) is line:
                    log.warning("The end of %s was not seen.", call_id)
                    self._happened({"Event": "Hangup", "Uniqueid": call_id})
            for call_id, line in self._lines.items():
                if call_id in seen and seen[call_id].doing == "talking":
                    line.event({"Event": "BridgeEnter", "Uniqueid": call_id})
            for call_id in self._over:
                seen.pop(call_id, None)
            self._on_seen(seen, restarted)
            self._in_step = True
            for one in sorted(seen.values(), key=lambda one: one.doing != "talking"):
                if one.doing != "elsewhere":
                    self._take(one.channel, one)

    def _arrived(self, parked: AmiMessage) -> None:
        """An AsyncAGIStart. Before we are in step nothing is taken: then it is seen anyway."""
        if self._in_step or self._stopped:
            self._take(parked)

    def _take(self, parked: AmiMessage, seen: Sighting | None = None) -> None:
        """Serve the channel of an AsyncAGIStart, or of CoreShowChannels.

        Its Env is not read: that is one text, in which what the caller sent stands before the rest.
        """
        call_id, context = parked.get("Uniqueid", ""), parked.get("Context", "")
        if seen is None and context not in {CALLERS, AGENTS, CALLBACKS, AGAIN}:
            return
        if call_id in self._lines or not (self._heart.beats or self._stopped):
            return  # `start` will pick it up, when there are agents to serve it
        channel, dialled = parked.get("Channel", ""), parked.get("Exten", "")
        audio = self._audio(call_id)
        line = AsteriskLine(self._ami, channel, call_id, audio, self._hold_class, self._ears)
        line.answered = parked.get("ChannelState") == UP
        line.on_hold = partial(self._on_hold, call_id)
        line.on_entry = lambda entry: self._spawn(
            self._on_entry(call_id, entry), f"secure entry of {call_id}"
        )
        if seen is not None and BACK in call_id:
            # An engine that is no more has had an agent rung; a talk that came of it goes on.
            if seen.doing != "talking":
                self._spawn(_hang_up(line), f"end {call_id}")
            return
        self._lines[call_id] = line
        if seen is not None and seen.doing == "talking":
            line.found_talking(seen.others[0])
            # No entry outlives its engine's link.
            again = record_again(self._ami, channel, seen.others[0])
            self._spawn(again, f"recording of {call_id}")
        if self._stopped:
            if line.on_lease:
                self._spawn(_hand_back(line), f"hand back {call_id}")
            return
        self._spawn(self._heart.lend(line), f"lease of {call_id}")
        if context == CALLBACKS:
            line.agents = True
            if self._outbound is None or not self._outbound.picked_up(line):
                self._spawn(_hang_up(line), f"end {call_id}, of which nobody knows")
        elif context == AGAIN:
            before = parked.get("Linkedid", "")
            self._came_of[before] = line
            self._spawn(self.on_again(call_id, before, line), f"{call_id}, rung back in {before}")
        elif context == AGENTS:
            agent = parked.get("AccountCode", "")
            self._spawn(self._on_feature(agent, dialled, line), f"{agent} dialled {dialled}")
        else:
            number = parked.get("CallerIDNum", "")
            known = "" if number in {"unknown", "<unknown>"} else number
            arrival = Arrival(call_id, known, dialled, datetime.now(UTC))
            self._spawn(self._serve(arrival, line, seen), f"call {call_id}")

    async def _serve(self, arrival: Arrival, line: AsteriskLine, seen: Sighting | None) -> None:
        if seen is not None and seen.doing != "talking":
            try:
                await line.free(seen.others)
            except CallerHungUp:
                pass  # whoever serves it will find out
            except LineError as error:
                log.warning("What was under way in %s cannot be ended: %s", arrival.call_id, error)
        if await self._on_call(arrival, line) and self._lines.get(arrival.call_id) is line:
            del self._lines[arrival.call_id]

    def _happened(self, message: AmiMessage) -> None:
        call_id = message.get("Uniqueid", "")
        origin = message.get("Linkedid", "")
        line = self._lines.get(call_id) or self._lines.get(origin) or self._came_of.get(origin)
        if line:
            line.event(message)
        if message["Event"] == "Hangup":
            self._lines.pop(call_id, None)
            if line and line.call_id == call_id:
                self._came_of.pop(origin, None)
            self._over.add(call_id)

    def _lost(self) -> None:
        self._in_step = False
        for line in self._lines.values():
            line.link_lost()
        self._lines.clear()
        self._came_of.clear()

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._served)

    def _served(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("Serving failed: %s", task.get_name(), exc_info=error)


async def _hang_up(line: Line) -> None:
    with suppress(CallerHungUp, LineError):
        await line.perform(Hangup())


async def _hand_back(line: Line) -> None:
    with suppress(CallerHungUp, LineError):
        await line.perform(HandBack())
