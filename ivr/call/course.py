"""How far has a call come, and what came of it? Learned from its events, and from them alone."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from ivr.caller import Caller
from ivr.flow.engine import Ending
from ivr.record import CallEvent, CallSummary
from ivr.returns import SHORT_TALK
from ivr.wait import PHONE_LOST

Lost = Literal["ended", "taken_back", "switch"]
"""What became of a call that nobody looked at: it ended, the dialplan has taken it back, or the switch
was restarted."""


class Course:
    """The course of one call; `summary` is the call in one line, as it stands."""

    def __init__(self, summary: CallSummary) -> None:
        self.summary = summary
        self.events = 0
        """How many there were; the number of the next one."""
        self.talking = False
        """Whether the caller talks to somebody."""
        self.held_since: datetime | None = None
        """Since when the caller is on hold; None while they are not."""
        self.called_back = False
        """Whether the caller was promised to be rung back."""
        self.waits_since: datetime | None = None
        """Since when the caller waits, in the step the call is at."""
        self.refused_by: set[str] = set()
        """The agents who did not take the call, in that step."""
        self._last = ""
        self._sent_away = self._turned_away = False
        self._marks: dict[str, datetime] = {}
        self._learned: dict[str, Any] = {}  # what the summary will say in the end

    @property
    def queue(self) -> str:
        """The queue the caller waits in, or waited in last; empty before."""
        return str(self._learned.get("queue", ""))

    @property
    def agent(self) -> str | None:
        """The agent the caller talks to; None while there is none, or for a number outside."""
        return self._learned.get("agent") if self.talking else None

    def learn(self, event: CallEvent) -> None:
        """Take in what has happened."""
        self.events, self._last = event.seq + 1, event.kind
        if event.kind in {"hold_over", "talk_over", "joined"}:
            self.held_since = None
        match event.kind:
            case "rule" | "step" | "talk_over":
                self.waits_since = None
                self.refused_by.clear()
            case "hold":
                self.held_since = event.at
            case "waiting":
                self.waits_since = self.waits_since or event.at
            case "refused":
                self.refused_by.add(str(event.data["agent"]))
            case "closed_by_hand":
                self._sent_away = True
            case "turned_away":
                self._turned_away = True
            case "callback_asked":
                self.called_back = True
            case "picked_up":
                self._sent_away = self._turned_away = False
        self._mark(event)

    def _mark(self, event: CallEvent) -> None:
        at, data = event.at, event.data
        match event.kind:
            case "waiting":
                self._marks.setdefault("waiting", at)
                self._learned["queue"] = data["queue"]
            case "rule":
                self._learned["reason"] = data["reason"]
            case "talk_over":
                self.talking = False
                self._marks["talked"] = at
                if data.get("by") == PHONE_LOST:  # they wait as if they had not talked yet
                    del self._marks["talked"]
                    self._marks.pop("talking", None)
                    self._learned.pop("agent", None)
            case "joined":
                self.talking = True
                if "agent" in data:
                    waited = _between(self._marks.get("waiting", at), at)
                    self._marks["talking"] = at
                    self._learned |= {"agent": data["agent"], "waited_s": waited}

    def meet(self, caller: Caller) -> None:
        """It is known who calls."""
        self.summary = replace(
            self.summary,
            number=caller.number,
            masked=caller.masked,
            name=caller.name,
            age=caller.age,
            language=caller.language,
        )

    def outcome(self, ending: Ending) -> tuple[str, str]:
        """What came of it, and who ended it, when the flow has."""
        if ending == "handed_back":
            return "handed_back", "hotline"
        if (early := self._ended_early()) is not None:
            return early, "hotline"
        if "talking" in self._marks:
            return "answered", "agent" if self._last == "talk_over" else "hotline"
        return "completed", "hotline"

    def left(self) -> tuple[str, str]:
        """The same when the caller hung up."""
        if (early := self._ended_early()) is not None:
            return early, "caller"
        if "talking" in self._marks:
            return "answered", "caller"
        return ("abandoned" if "waiting" in self._marks else "left"), "caller"

    def lost(self, how: Lost, at: datetime) -> tuple[str, str | None]:
        """The same when nobody saw it; a talk is taken to have lasted until `at`."""
        if self.talking:
            self._marks["talked"] = at
        if how == "taken_back":
            return "handed_back", "hotline"
        if how == "ended" and self.talking:
            return "answered", None
        return "failed", "hotline" if how == "switch" else None

    def _ended_early(self) -> str | None:
        if self._sent_away:
            return "closed"
        if self.called_back:
            return "callback"
        return "turned_away" if self._turned_away else None

    def end(self, at: datetime, outcome: str, by: str | None) -> None:
        """The call is over."""
        marks, waited, talked = self._marks, self._learned.get("waited_s"), None
        if "talking" in marks:
            talked = _between(marks["talking"], marks.get("talked", at))
        elif "waiting" in marks:
            waited = _between(marks["waiting"], at)
        self.summary = replace(
            self.summary,
            **self._learned | {"waited_s": waited, "talked_s": talked},
            ended=at,
            outcome=outcome,
            hung_up_by=by,
        )

    def cut_off(self) -> Literal["waiting", "talking"] | None:
        """In what the caller of a call that is over was cut off and may ring again; None: they were
        not."""
        over = self.summary
        gone = over.hung_up_by == "caller" or over.outcome == "failed"
        if self.called_back or not gone or over.waited_s is None:
            return None
        if over.outcome == "failed" or (over.talked_s is not None and over.talked_s < SHORT_TALK):
            return "talking"
        return "waiting" if over.talked_s is None else None


def _between(begin: datetime, end: datetime) -> float:
    """Seconds; none where the clock was set back meanwhile."""
    return max(0.0, (end - begin).total_seconds())
