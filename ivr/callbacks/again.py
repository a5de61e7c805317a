"""What becomes of a customer who was rung back, and whose agent's phone vanishes in the talk?

They hear why and wait for another agent, with the place that the callback had and ahead as whoever is
cut off in a talk. It makes a record of its own, as every attempt does.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.callbacks.around import Around, begun
from ivr.callbacks.in_talk import InTalk
from ivr.errors import CallerHungUp, LineError
from ivr.flow.callback import WHISPER
from ivr.flow.expression import Facts
from ivr.flow.serving import NotServed, PhoneLost, Served, ServeRequest, Stage
from ivr.flow.wording import AGENT_LOST
from ivr.line.commands import HandBack, Spoken
from ivr.line.line import Line
from ivr.record import Callback, CallEvent

log = logging.getLogger(__name__)


class Again:
    """The customer of `callback`, on their own line, who has lost `agent` in the talk of `attempt`."""

    def __init__(
        self, around: Around, callback: Callback, line: Line, call_id: str, attempt: str, agent: str
    ) -> None:
        self._around, self._callback, self._line = around, callback, line
        self._attempt, self._agent = attempt, agent
        self._now = around.house.now
        self._seq = 0
        self._joined: datetime | None = None
        self._summary = begun(callback, call_id, self._now())
        self._talk = InTalk(
            self._summary, callback, around.desk, around.house, self.note, self.trouble
        )

    async def run(self) -> None:
        """Have them served until the call is over. Raises nothing that a call can bring about."""
        self._around.journal.add(self._summary)
        self.note("agent_lost", of=self._attempt, agent=self._agent)
        talks, own_id = self._around.house.talks, self._summary.call_id
        talks[own_id] = self._talk
        outcome, by = "failed", "hotline"
        try:
            result = await self._serve()
            if isinstance(result, Served):
                outcome, by = "answered", "agent" if result.over else "hotline"
            else:
                outcome = "handed_back"
                await self._hand_back()
        except CallerHungUp:
            outcome, by = ("abandoned" if self._joined is None else "answered"), "caller"
        except LineError as error:
            self.trouble(f"the switch failed: {error}")
            outcome = outcome if self._joined is None else "talk_went_on"
            await self._hand_back()
        except asyncio.CancelledError:
            self.note("engine_stops")
            outcome = "handed_back" if self._joined is None else "talk_went_on"
            await self._hand_back()
            raise
        finally:
            del talks[own_id]
            await self._talk.entries.over()
            self._end(outcome, by)

    async def _serve(self) -> Served | NotServed:
        """Be served, by one agent after the other if more of them get lost."""
        request = self._request()
        while True:
            result = await self._around.desk.serve(
                self._summary.call_id, self._line, request, self.note
            )
            if not isinstance(result, PhoneLost):
                assert isinstance(result, Served | NotServed)  # nobody is asked twice to be rung
                return result
            self._joined = None
            refused = request.refused_by | {result.agent}
            request = replace(
                request, waited=result.waited, refused_by=refused, record=self._tape()
            )

    def _request(self) -> ServeRequest:
        callback = self._callback
        returning = self._around.house.hotline().center.returning
        sorry = self._word(AGENT_LOST, {})
        if sorry is not None:
            self.note("said", prompt=sorry.name, language=sorry.language)
        return ServeRequest(
            queue=callback.queue,
            stages=tuple(Stage(after, need) for after, need in callback.stages),
            head_start=callback.head_start + (returning.priority if returning else 0.0),
            preferred=None,
            say=sorry,
            and_then=False,
            whisper=self._whisper,
            announce=self._word,
            record=self._tape(),
            waited=max(0.0, (self._now() - callback.since).total_seconds()),
            limits=False,
            refused_by=frozenset({self._agent}),
            language=callback.language,
            agent_lost=sorry,
        )

    def _tape(self) -> Path | None:
        tape = self._around.house.tape
        return tape(self._summary.call_id) if self._callback.recorded else None

    def _word(self, name: str, values: Mapping[str, Any]) -> Spoken | None:
        return self._spoken(name, self._callback.language, values)

    def _spoken(self, name: str, language: str, values: Mapping[str, Any]) -> Spoken | None:
        wording = self._around.house.hotline().wording
        known = Facts({"caller": {"language": self._callback.language}})
        return wording.spoken(name, language or wording.default, known, announced=values)

    def _whisper(self, language: str) -> tuple[Spoken, ...]:
        minutes = max(1, round((self._now() - self._callback.asked).total_seconds() / 60))
        spoken = self._spoken(WHISPER, language, {"minutes": minutes})
        return () if spoken is None else (spoken,)

    async def _hand_back(self) -> None:
        """The dialplan's own queue has them now; a talk goes on by itself."""
        with suppress(CallerHungUp, LineError):
            await self._line.perform(HandBack())

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """Record a failure and tell the operator."""
        self.note("trouble", text=what)
        log.error("call %s: %s", self._summary.call_id, what, exc_info=error)

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the record."""
        at = self._now()
        if kind == "joined":
            self._joined = at
            self._summary = replace(self._summary, agent=str(data.get("agent")))
            self._talk.begins(self._summary)
        self._around.journal.add(CallEvent(self._summary.call_id, self._seq, at, kind, data))
        self._seq += 1

    def _end(self, outcome: str, by: str) -> None:
        at = self._now()
        self.note("ended", outcome=outcome, by=by)
        joined = self._joined or at
        self._around.journal.add(
            replace(
                self._summary,
                ended=at,
                outcome=outcome,
                hung_up_by=by,
                waited_s=max(0.0, (joined - self._summary.started).total_seconds()),
                talked_s=None if self._joined is None else (at - self._joined).total_seconds(),
            )
        )
