"""What becomes of calls while the engine, or its link to the switch, is away?

They are interrupted: the switch keeps them, and what is known of them waits here. When the switch
is seen again, each is picked up at its step, with its place and its waiting time, its talk is
followed, or, if it is not there any more, its record is closed. Calls with customers who were rung back
are not picked up: their talks go on by themselves, and are looked at until they are over.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Literal

from ivr.call import Call
from ivr.caller import Caller
from ivr.desk import Desk
from ivr.errors import CarelineError
from ivr.line.asterisk.sighting import Sighting
from ivr.line.line import Line
from ivr.record import CallRecord, CallSummary, UnderWay
from ivr.store.database import Database

log = logging.getLogger(__name__)

LATELY = timedelta(days=1)
"""So long ago a call may have begun that is looked at until it is over."""

MOST_OVER = 1_000
"""Calls that are remembered when they are over."""

ATTEMPT = "callback"
OF_CALLBACKS = (ATTEMPT, "agent_lost")
"""With which event the record of a call with a customer who was rung back begins."""

MakeCall = Callable[[CallRecord, UnderWay], Awaitable[Call]]


@dataclass(slots=True)
class _Interrupted:
    call: Call
    since: float  # monotonic
    seen: Sighting | None = None


class PickUps:
    """The calls that are interrupted, by their ids. `queues` are those the floor knows."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._desk = desk
        self._interrupted: dict[str, _Interrupted] = {}
        self._rung_back: dict[str, _Interrupted] = {}
        """Calls with customers who were rung back; nobody picks them up."""
        self.over: deque[str] = deque(maxlen=MOST_OVER)
        """Calls whose record is closed, the newest last: none of them begins anew."""

    async def left_behind(self, make: MakeCall, gap: float, now: datetime) -> None:
        """Take in the calls that an engine left which was last alive `gap` seconds ago."""
        under_way = await asyncio.to_thread(self._database.under_way.list)
        over = []
        for where in under_way:
            try:
                record = await asyncio.to_thread(self._database.calls.show, where.call_id)
                if record.summary.ended is not None:
                    over.append(where.call_id)
                    continue
                call = await make(record, where)
            except CarelineError as error:
                log.error("call %s cannot be picked up: %s", where.call_id, error)
                over.append(where.call_id)
            else:
                self._interrupted[where.call_id] = _Interrupted(call, monotonic() - gap)
        known = {where.call_id for where in under_way}
        await self._left_by_callbacks(make, known, gap, now - LATELY)
        await asyncio.to_thread(self._database.under_way.over, over)
        if self._interrupted:
            log.warning("%d calls were under way when the engine ended", len(self._interrupted))

    async def _left_by_callbacks(
        self, make: MakeCall, known: Collection[str], gap: float, since: datetime
    ) -> None:
        """Take in the calls with customers who were rung back, which have no bookmark."""
        for call_id in await asyncio.to_thread(self._database.calls.left_open, since):
            if call_id in known:
                continue
            try:
                record = await asyncio.to_thread(self._database.calls.show, call_id)
                if not record.events or record.events[0].kind not in OF_CALLBACKS:
                    continue
                call = await make(record, UnderWay(call_id, record.summary.started, {}))
            except CarelineError as error:
                log.error("the record of %s cannot be closed: %s", call_id, error)
                continue
            joined = [one.kind for one in record.events if one.kind in {"joined", "talk_over"}]
            if record.events[0].kind == ATTEMPT and joined[-1:] != ["joined"]:
                call.lost("ended")  # the phone that rang is hung up
            else:
                self._rung_back[call_id] = _Interrupted(call, monotonic() - gap)

    def add(self, call: Call) -> None:
        """A call was interrupted just now."""
        self._interrupted[call.call_id] = _Interrupted(call, monotonic())

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._interrupted

    def follows(self, call_id: str) -> bool:
        """Whether it is a talk that is only looked at until it is over."""
        return call_id in self._rung_back

    def call(self, call_id: str) -> Call | None:
        """The call of that id, if it is interrupted."""
        one = self._interrupted.get(call_id)
        return None if one is None else one.call

    def seen(self, seen: Mapping[str, Sighting], restarted: bool) -> None:
        """What the switch has: agents in talks are busy, and calls that have gone are closed."""
        for call_id, one in [*self._interrupted.items(), *self._rung_back.items()]:
            before, one.seen = one.seen, seen.get(call_id)
            if one.seen is None or one.seen.doing == "elsewhere":
                how: Literal["ended", "taken_back", "switch"] = "ended"
                if one.seen is not None:
                    how = "taken_back"
                elif restarted:
                    how = "switch"
                (self._interrupted if call_id in self else self._rung_back).pop(call_id)
                one.call.lost(how)
                self.over.append(call_id)
                if before is not None and before.agent is not None:
                    self._desk.talk_gone(call_id, before.agent)
            elif one.seen.doing == "talking" and one.seen.agent is not None:
                self._desk.talk_seen(call_id, one.seen.agent, one.call.queue)

    async def go_on(
        self, call_id: str, line: Line, find_caller: Callable[[], Awaitable[Caller]]
    ) -> CallSummary:
        """Pick a call up again, until it ends or is interrupted anew."""
        one = self._interrupted.pop(call_id)
        talking = one.seen is not None and one.seen.doing == "talking"
        agent = one.seen.agent if one.seen is not None and talking else None
        gap = monotonic() - one.since
        try:
            return await one.call.go_on(line, find_caller, gap=gap, talks_to=agent, in_talk=talking)
        finally:
            if agent is not None:
                self._desk.talk_gone(call_id, agent)
