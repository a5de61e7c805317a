"""Which lines of Asterisk's queue_log does a call make, or an agent? QueueMetrics and Asternic read it.

    epoch|callid|queue|agent|EVENT|data...

The forms are those of apps/app_queue.c. Where Careline has no such thing: an agent is a member of
every queue (skills decide, not membership), the URL is empty, and the bridged channel is not named.
Of a caller's number only the last four digits are written: what is in this file cannot be taken back
when a person is to be forgotten.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ivr.record import CallEvent, CallSummary
from ivr.store.agent_states import StateChange

NOBODY = "NONE"
"""What app_queue writes for no call and for no agent."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A line; time and order are those in which it is written. `data` are the fields after EVENT."""

    queue: str
    event: str
    call: str = NOBODY
    agent: str = NOBODY
    data: tuple[str, ...] = ()

    def message(self) -> str:
        """The data as fields; a `|` or line end of whoever named a pause cannot add any."""
        return "|".join("".join(c if c.isprintable() and c != "|" else " " for c in one)
                        for one in self.data)  # fmt: skip


@dataclass(slots=True)
class _Waiting:
    """A call that waits or talks, as far as lines need it."""

    queue: str
    since: datetime
    place: int
    offered: datetime | None = None
    agent: str = ""
    joined: datetime | None = None


class QueueLines:
    """Turns what happens in calls and to agents into lines, which go to `write` in order.

    `queues` names the queues there are at the moment.
    """

    def __init__(
        self, write: Callable[[QueueLine], None], queues: Callable[[], Iterable[str]]
    ) -> None:
        self._write = write
        self._queues = queues
        self._calls: dict[str, _Waiting] = {}
        self._shown: dict[str, str] = {}

    def call(self, entry: CallEvent | CallSummary) -> None:
        """Something that goes into a call's record."""
        if isinstance(entry, CallSummary):
            if entry.ended is not None:
                self._shown.pop(entry.call_id, None)
            elif entry.masked:
                self._shown[entry.call_id] = "".join(filter(str.isdigit, entry.masked))[-4:]
            return
        for line in self._lines(entry):
            self._write(line)

    def agent(self, change: StateChange, before: StateChange | None) -> None:
        """An agent does something else from now on."""
        for event, data in _of_agent(change, before):
            for queue in self._queues():
                self._write(QueueLine(queue, event, agent=change.agent, data=data))

    def _lines(self, event: CallEvent) -> Iterator[QueueLine]:
        call, data = event.call_id, event.data
        if event.kind == "waiting":
            place = max(1, _whole(data.get("position")))
            before = timedelta(seconds=_whole(data.get("waited")))  # as a callback has
            self._calls[call] = _Waiting(str(data["queue"]), event.at - before, place)
            shown = self._shown.get(call, "")
            yield QueueLine(str(data["queue"]), "ENTERQUEUE", call, data=("", shown, str(place)))
            return
        waits = self._calls.get(call)
        if waits is None:
            return
        match event.kind:
            case "offer":
                waits.offered = event.at
            case "supervised" if data.get("act") == "move":
                # app_queue knows no such thing: the call leaves one queue and enters another.
                at, waited = str(waits.place), _seconds(waits.since, event.at)
                yield QueueLine(waits.queue, "EXITWITHTIMEOUT", call, data=(at, at, waited))
                waits.queue = str(data.get("queue"))
                shown = self._shown.get(call, "")
                yield QueueLine(waits.queue, "ENTERQUEUE", call, data=("", shown, at))
            case "refused":
                rung = (event.at - (waits.offered or event.at)).total_seconds()
                agent = str(data["agent"])
                milliseconds = str(round(rung * 1000))
                yield QueueLine(waits.queue, "RINGNOANSWER", call, agent, (milliseconds,))
            case "joined" if "agent" in data:
                waits.agent, waits.joined = str(data["agent"]), event.at
                rang = _seconds(waits.offered or event.at, event.at)
                hold = _seconds(waits.since, event.at)
                yield QueueLine(waits.queue, "CONNECT", call, waits.agent, (hold, call, rang))
            case "talk_over" | "ended" if waits.joined is not None:
                by_caller = event.kind == "ended" and data.get("by") == "caller"
                name = "COMPLETECALLER" if by_caller else "COMPLETEAGENT"
                del self._calls[call]
                hold, talk = _seconds(waits.since, waits.joined), _seconds(waits.joined, event.at)
                fields = (hold, talk, str(waits.place))
                yield QueueLine(waits.queue, name, call, waits.agent, fields)
            case "callback_asked":
                del self._calls[call]
                at, waited = str(waits.place), _seconds(waits.since, event.at)
                yield QueueLine(waits.queue, "EXITWITHKEY", call, data=("1", at, at, waited))
            case "unstaffed" | "queue_full" | "waited_too_long" | "taken_out" | "ended":
                del self._calls[call]
                gave_up = event.kind == "ended" and data.get("by") == "caller"
                waited = _seconds(waits.since, event.at)
                at = str(waits.place)
                late = event.kind in ("queue_full", "waited_too_long")
                name = "ABANDON" if gave_up else "EXITWITHTIMEOUT" if late else "EXITEMPTY"
                yield QueueLine(waits.queue, name, call, data=(at, at, waited))


def _of_agent(
    change: StateChange, before: StateChange | None
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """ADDMEMBER and REMOVEMEMBER at log-in and log-out, PAUSE and UNPAUSE in between."""
    was_paused = before is not None and before.state == "paused"
    if change.state == "away":
        if was_paused:
            yield "UNPAUSE", ("",)
        yield "REMOVEMEMBER", ("",)
        return
    paused = change.state == "paused"
    if before is None:
        yield "ADDMEMBER", ("PAUSED" if paused else "",)
    elif was_paused:  # perhaps for another reason from now on
        yield "UNPAUSE", ("",)
    if paused:
        yield "PAUSE", (change.reason or "",)


def _seconds(begins: datetime, ends: datetime) -> str:
    return str(max(0, int((ends - begins).total_seconds())))


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0
