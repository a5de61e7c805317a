"""What is known of each call that asked for a human in a period, and of each agent's time?"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from ivr.record import BACK
from ivr.report import CallFacts, Shift, Told
from ivr.store.agent_states import AgentStates, Span
from ivr.store.connections import Connections
from ivr.store.tables import call_events, calls

KINDS = (
    *("rule", "callback", "agent_lost"),
    *("waiting", "announced", "offer", "refused", "joined", "ended"),
)
ASKED_FOR_CALLBACK = "callback"
"""The outcome of a call that is offered, and answered or not, as the call back that came of it."""
AFTER_THE_TALK = timedelta(seconds=5)
"""A wrap-up that begins within so long of a talk's end belongs to it."""
AT_ONCE = 500
"""Of so many calls the rules are looked up with one query."""
_SKILL = re.compile(r"(?<!not )(?<!not \()\b([^\W\d][\w-]*) [1-5]")


class Reports:
    """The facts of which reports are made; see `ivr.report` for what is made of them."""

    def __init__(self, connections: Connections, states: AgentStates) -> None:
        self._connections = connections
        self._states = states

    def calls(
        self, since: datetime, until: datetime, now: datetime, days: float = 7
    ) -> tuple[CallFacts, ...]:
        """The calls begun from `since` to before `until` that asked for a human and are over.

        `days` is how long after its end a second call of the number counts as the same matter.
        """
        wrap_ups = self._wrap_ups(since, until + timedelta(days=1))
        again = self._again(since, until, now, timedelta(days=days))
        query = (
            sa.select(calls, call_events.c.kind, call_events.c.at, call_events.c.data)
            .join(call_events)
            .where(
                calls.c.started >= since,
                calls.c.started < until,
                calls.c.ended.is_not(None),
                calls.c.outcome != ASKED_FOR_CALLBACK,
                call_events.c.kind.in_(KINDS),
            )
            .order_by(calls.c.call_id, call_events.c.seq)
        )
        found: list[CallFacts] = []
        rung_back: dict[int, str] = {}
        with self._connections.reading() as connection:
            rows = connection.execution_options(yield_per=1000).execute(query).mappings()
            for call_id, its in groupby(rows, itemgetter("call_id")):
                events = list(its)
                facts = _facts(events, wrap_ups, again.get(call_id))
                if facts is None:
                    continue
                if (asked_in := _asked_in(events)) is not None:
                    rung_back[len(found)] = asked_in
                found.append(facts)
        rules = self._rules(sorted(set(rung_back.values())))
        for at, asked_in in rung_back.items():
            found[at] = replace(found[at], rule=rules.get(asked_in))
        return tuple(found)

    def shifts(self, since: datetime, until: datetime) -> dict[str, Shift]:
        """Each agent's time in the period, by what was done."""
        seconds: dict[str, dict[str, float]] = {}
        for span in self._states.spans(since, until):
            does = seconds.setdefault(span.agent, {})
            does[span.state] = does.get(span.state, 0.0) + span.seconds
        return {agent: Shift(**does) for agent, does in seconds.items()}

    def _rules(self, call_ids: Sequence[str]) -> dict[str, str]:
        """The rules that decided these calls, which may lie before the period; not all have one."""
        events, found = call_events.c, dict[str, str]()
        with self._connections.reading() as connection:
            for at in range(0, len(call_ids), AT_ONCE):
                query = (
                    sa.select(events.call_id, events.data)
                    .where(events.call_id.in_(call_ids[at : at + AT_ONCE]), events.kind == "rule")
                    .order_by(events.seq)
                )
                for row in connection.execute(query):
                    if "name" in row.data:
                        found.setdefault(row.call_id, row.data["name"])
        return found

    def _wrap_ups(self, since: datetime, until: datetime) -> dict[str, list[Span]]:
        found: dict[str, list[Span]] = {}
        for span in self._states.spans(since, until):
            if span.state == "wrap_up":
                found.setdefault(span.agent, []).append(span)
        return found

    def _again(
        self, since: datetime, until: datetime, now: datetime, window: timedelta
    ) -> dict[str, bool]:
        """Of the calls with a number whose window has passed: whether the number called again."""
        own, later = calls.alias("own"), calls.alias("later")
        following = (
            sa.select(sa.func.min(later.c.started))
            .where(later.c.number == own.c.number, later.c.started > own.c.started)
            .scalar_subquery()
        )
        query = sa.select(own.c.call_id, own.c.ended, following.label("following")).where(
            own.c.started >= since,
            own.c.started < until,
            own.c.number.is_not(None),
            own.c.ended <= now - window,
        )
        with self._connections.reading() as connection:
            return {
                row.call_id: row.following is not None and row.following <= row.ended + window
                for row in connection.execute(query)
            }


def _facts(
    rows: Sequence[sa.RowMapping], wrap_ups: Mapping[str, Sequence[Span]], again: bool | None
) -> CallFacts | None:
    """The facts of a call from its events in order; None if it never waited for a human."""
    call = rows[0]
    of: dict[str, list[sa.RowMapping]] = {}
    for row in rows:
        of.setdefault(row["kind"], []).append(row)
    if "waiting" not in of:
        return None
    waiting: dict[str, Any] = of["waiting"][0]["data"]
    agent = call["agent"]
    joins = [row for row in of.get("joined", ()) if "agent" in row["data"]]
    decided = joins[0]["at"] if joins else call["ended"]
    talk_ended = decided + timedelta(seconds=call["talked_s"] or 0)
    return CallFacts(
        queue=call["queue"] or waiting.get("queue") or "",
        waited=call["waited_s"] or 0.0,
        abandoned=call["outcome"] == "abandoned",
        agent=agent,
        talked=call["talked_s"] or 0.0,
        wrap_up=_wrap_up(wrap_ups.get(agent, ()), talk_ended) if agent else 0.0,
        skills=tuple(dict.fromkeys(_SKILL.findall(_required(waiting)))),
        rule=next((row["data"].get("name") for row in of.get("rule", ())), None),
        age=call["age"],
        again=again,
        rung=tuple(row["data"]["agent"] for row in of.get("offer", ()) if "agent" in row["data"]),
        missed=tuple(
            row["data"]["agent"] for row in of.get("refused", ()) if "agent" in row["data"]
        ),
        told=tuple(_told(of.get("announced", ()), decided)),
    )


def _asked_in(rows: Sequence[sa.RowMapping]) -> str | None:
    """The call in which the customer asked to be rung back, where this is the call back."""
    for row in rows:
        if row["kind"] in ("callback", "agent_lost") and "of" in row["data"]:
            return str(row["data"]["of"]).partition(BACK)[0]
    return None


def _told(announced: Sequence[sa.RowMapping], decided: datetime) -> Iterator[Told]:
    for row in announced:
        low, high = row["data"].get("low"), row["data"].get("high")
        if low is not None and high is not None and row["at"] <= decided:
            yield Told(float(low), float(high), (decided - row["at"]).total_seconds())


def _wrap_up(spans: Sequence[Span], talk_ended: datetime) -> float:
    """The seconds of the wrap-up that began when the talk ended."""
    at = bisect_left(spans, talk_ended - AFTER_THE_TALK, key=lambda span: span.begins)
    if at < len(spans) and spans[at].begins <= talk_ended + AFTER_THE_TALK:
        return spans[at].seconds
    return 0.0


def _required(waiting: Mapping[str, Any]) -> str:
    """What the call asked for, without what it merely preferred (see `routing.skills.Need`)."""
    return str(waiting.get("need", "")).partition(", if possible ")[0]
