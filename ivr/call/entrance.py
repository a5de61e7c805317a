"""Is a caller let in, and until when? Not where the hotline is full, or closed by hand."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.admission import Gate
from ivr.call.around import Door
from ivr.call.course import Course
from ivr.flow.admission import Admission
from ivr.flow.center import Center
from ivr.flow.conversation import Conversation
from ivr.flow.engine import Ending, converse
from ivr.line.commands import Hangup, Play, Spoken
from ivr.line.line import Line
from ivr.returns import Returns
from ivr.store.closures import Closure


class Entrance:
    """Where one call, of which this is the course, comes in. `note` writes into its record."""

    def __init__(
        self,
        door: Door | None,
        gate: Gate,
        center: Center,
        returns: Returns,
        course: Course,
        now: Callable[[], datetime],
        note: Callable[..., None],
    ) -> None:
        self._door = door
        self._gate = gate
        self._center = center
        self._returns = returns
        self._course = course
        self._now = now
        self._note = note

    async def converse(self, talk: Conversation, line: Line) -> Ending:
        """Let the flow have the call, if there is room for it."""
        terms, shut = self._center.admission, self._door is not None and self._door.closed
        why = self._gate.full(terms) if terms is not None and not shut else None
        if terms is None or why is None or self._is_taken_always(talk, terms):
            with self._gate.takes():
                return await self._converse_while_open(talk, line)
        with self._gate.turns_away(terms, why) as told:
            self._note("turned_away", why=why, told=told)
            if told:
                await talk.turn_away(terms, calls_back=self._gate.calls_back(terms))
            else:
                await talk.hang_up()
        return "ended"

    def _is_taken_always(self, talk: Conversation, terms: Admission) -> bool:
        """Whether there is room for a call however full the hotline is."""
        if talk.picked_up is not None or talk.elderly:
            return True
        number = self._course.summary.number
        if self._returns.expected(number, self._now(), self._center.returning):
            return True
        return terms.unless is not None and talk.holds(terms.unless)

    async def _converse_while_open(self, talk: Conversation, line: Line) -> Ending:
        """Let the flow have the call, unless or until the hotline is closed by hand."""
        door = self._door
        if door is None:
            return await converse(talk)
        if door.closed is None:
            ending = await self._until_shut(converse(talk), door)
            if ending is not None:
                return ending
        if (closure := door.closed) is not None:
            await self._send_away(talk, line, closure)
        return "ended"

    async def _until_shut(self, flow: Coroutine[Any, Any, Ending], door: Door) -> Ending | None:
        """The flow's end; None if the hotline was closed before. A talk under way goes on."""
        running, shut = asyncio.ensure_future(flow), asyncio.ensure_future(door.until_shut())
        try:
            await asyncio.wait((running, shut), return_when=asyncio.FIRST_COMPLETED)
            if not running.done() and not self._course.talking:
                running.cancel()
                await asyncio.wait((running,))
                if running.cancelled():
                    return None
            return await running
        finally:
            shut.cancel()
            if not running.done():
                running.cancel()
                await asyncio.wait((running,))

    async def _send_away(self, talk: Conversation, line: Line, closure: Closure) -> None:
        """Tell the caller that the hotline is closed, and end the call."""
        if closure.recording is not None:
            self._note("closed_by_hand", by=closure.who)
            heard: Spoken | None = Spoken("", talk.language, recording=Path(closure.recording))
        else:
            self._note("closed_by_hand", by=closure.who, prompt=closure.prompt)
            heard = talk.word(closure.prompt or "")
        if heard is not None:
            await line.perform(Play((heard,), interrupt=""))
        await line.perform(Hangup())
