"""Which place has a caller in a queue, and who keeps it for one who does not wait there?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ivr.call.around import Ledger, Tape
from ivr.call.course import Course
from ivr.desk import Desk
from ivr.flow.center import Returning
from ivr.flow.serving import (
    BackRequest,
    CalledBack,
    NotServed,
    PhoneLost,
    Served,
    ServeRequest,
    Terms,
)
from ivr.line.line import Line
from ivr.record import Callback
from routing.events import CallLeft


class Place:
    """The place of one call, of which this is the course. `note` writes into its record,
    `trouble` tells the operator too.

    `returning` says how far ahead are those who were cut off, `dialled` which number was rung.
    """

    def __init__(
        self,
        course: Course,
        desk: Desk,
        tape: Tape,
        ledger: Ledger,
        returning: Returning | None,
        now: Callable[[], datetime],
        note: Callable[..., None],
        trouble: Callable[[str], None],
        dialled: str,
    ) -> None:
        self.ahead: float | None = None
        """How far ahead the caller is, who was cut off; None where that was not asked yet."""
        self.recorded = True
        """Whether the caller agrees to be recorded."""
        self._course = course
        self._desk = desk
        self._tape = tape
        self._ledger = ledger
        self._returning = returning
        self._now = now
        self._note = note
        self._trouble = trouble
        self.dialled = dialled

    async def serve(self, line: Line, request: ServeRequest) -> Served | NotServed | CalledBack:
        """Let the desk find an agent."""
        ahead = request.head_start + self._ahead_as_cut_off()
        ahead = max(ahead, await self._own_place(request.queue))
        record = self._tape.file(self._course.summary.call_id)
        request = replace(request, record=record, head_start=ahead)
        result = await self._serve(line, request)
        if not isinstance(result, CalledBack):
            return result
        terms = Terms(request.stages, request.head_start)
        wanted = BackRequest(result.number, request.language, request.queue, terms)
        if await self.call_back(wanted, result.waited):
            return result
        return await self._serve(line, replace(request, waited=result.waited, back=None, say=None))

    async def _serve(self, line: Line, request: ServeRequest) -> Served | NotServed | CalledBack:
        """Be served until it is over: who loses an agent to a dead phone is offered to the next."""
        call_id, returning = self._course.summary.call_id, self._returning
        while True:
            result = await self._desk.serve(call_id, line, request, self._note)
            if not isinstance(result, PhoneLost):
                return result
            sorry = request.agent_lost
            if sorry is not None:
                self._note("said", prompt=sorry.name, language=sorry.language)
            request = replace(
                request,
                record=self._tape.file(call_id),
                say=sorry,
                waited=result.waited,
                head_start=request.head_start + (returning.priority if returning else 0.0),
                refused_by=request.refused_by | {result.agent},
                talks_to=None,
                limits=False,
            )

    async def call_back(self, request: BackRequest, waited: float) -> bool:
        """Have the caller rung back, who has waited so many seconds; whether that is kept now."""
        at, summary = self._now(), self._course.summary
        kept = await self._ledger.keep(
            Callback(
                call_id=summary.call_id,
                number=request.number,
                language=request.language,
                age=summary.age,
                queue=request.queue,
                stages=tuple((stage.after, stage.need) for stage in request.terms.stages),
                head_start=request.terms.head_start,
                since=at - timedelta(seconds=waited),
                asked=at,
                shows=self.dialled,
                recorded=self.recorded,
            )
        )
        if kept:
            self._note("callback_asked", queue=request.queue)
        else:
            self._desk.tell(CallLeft(summary.call_id))
            self._trouble("the caller could not be promised to be called back")
        return kept

    async def _own_place(self, queue: str) -> float:
        """How far ahead a caller is who was to be called back, and rings before that."""
        number = self._course.summary.number
        waited = None if number is None else await self._ledger.take_over(number, queue)
        if waited is None:
            return 0.0
        self._note("callback_taken_over", waited=round(waited))
        return waited

    def _ahead_as_cut_off(self) -> float:
        if self.ahead is None:
            number = self._course.summary.number
            self.ahead = self._desk.returns.head_start(number, self._now(), self._returning)
            if self.ahead > 0:
                self._note("returns", head_start=round(self.ahead))
        return self.ahead
