"""What happened in which call?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.errors import NotFound
from ivr.record import CallEvent, CallRecord, CallSummary
from ivr.store import personal
from ivr.store.connections import Connections, clean
from ivr.store.tables import call_events, calls


@dataclass(frozen=True, slots=True)
class Tail:
    """Events in the order they were stored, and the `position` to ask from next time."""

    events: tuple[CallEvent, ...]
    position: int


class Calls:
    """The records of the calls."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def start(self, summary: CallSummary) -> None:
        """Keep a call that begins; its events can be appended from now on. May be repeated."""
        self._keep(summary)

    def finish(self, summary: CallSummary) -> None:
        """Keep what came of a call. May be repeated, also without `start`."""
        self._keep(summary)

    def append(self, events: Sequence[CallEvent]) -> None:
        """Keep events of started calls. One whose place (call and seq) is taken is left out, so
        that a failed append may be repeated. Raises StoreError for a call that was not started.
        """
        if not events:
            return
        call_ids = {clean(event.call_id) for event in events}
        with self._connections.writing(one_at_a_time=True) as connection:
            forgotten = self._forgotten(connection, call_ids)
            rows = [_event_row(event, event.call_id in forgotten) for event in events]
            connection.execute(self._connections.insert_new(call_events), rows)

    def list(self, since: datetime | None = None, limit: int = 50) -> Sequence[CallSummary]:
        """The newest calls first, at most `limit`, begun at `since` (aware) or later."""
        query = sa.select(calls).order_by(calls.c.started.desc(), calls.c.call_id.desc())
        if since is not None:
            query = query.where(calls.c.started >= since)
        with self._connections.reading() as connection:
            return [_summary(row) for row in connection.execute(query.limit(limit)).mappings()]

    def last_agent(self, number: str, since: datetime) -> str | None:
        """Who talked to the caller of this number (E.164) last, in a call that ended at `since`
        (aware) or later; None if nobody did."""
        query = (
            sa.select(calls.c.agent)
            .where(calls.c.number == number, calls.c.agent.is_not(None), calls.c.ended >= since)
            .order_by(calls.c.ended.desc())
            .limit(1)
        )
        with self._connections.reading() as connection:
            return connection.scalar(query)

    def left_open(self, since: datetime) -> Sequence[str]:
        """The calls begun at `since` (aware) or later that have not ended, by all that was kept."""
        with self._connections.reading() as connection:
            query = sa.select(calls.c.call_id).where(calls.c.started >= since)
            query = query.where(calls.c.ended.is_(None))
            return list(connection.scalars(query.order_by(calls.c.started)))

    def show(self, call_id: str) -> CallRecord:
        """The whole story of a call. Raises NotFound."""
        key = clean(call_id)
        with self._connections.reading() as connection:
            row = connection.execute(sa.select(calls).where(calls.c.call_id == key)).mappings()
            if (found := row.first()) is None:
                raise NotFound(
                    f"There is no call {call_id[:80]!r}; `careline calls list` has them."
                )
            query = sa.select(call_events).where(call_events.c.call_id == key)
            events = connection.execute(query.order_by(call_events.c.seq)).mappings()
            return CallRecord(_summary(found), tuple(_event(event) for event in events))

    def tail(self, after: int, limit: int = 1000) -> Tail:
        """Events stored after the position `after`, the oldest first; none if there are none."""
        query = sa.select(call_events).where(call_events.c.position > after)
        with self._connections.reading() as connection:
            ordered = query.order_by(call_events.c.position).limit(limit)
            rows = connection.execute(ordered).mappings().all()
        return Tail(tuple(map(_event, rows)), rows[-1]["position"] if rows else after)

    def events(self, kind: str, since: datetime, until: datetime) -> Iterator[CallEvent]:
        """The events of one kind of all calls begun from `since` to before `until` (aware), call by
        call and in order."""
        query = sa.select(call_events).join(calls).where(call_events.c.kind == kind)
        query = query.where(calls.c.started >= since, calls.c.started < until)
        with self._connections.reading() as connection:
            ordered = query.order_by(call_events.c.call_id, call_events.c.seq)
            for row in connection.execute(ordered).mappings():
                yield _event(row)

    def latest_position(self) -> int:
        """The position of the newest event, from which `tail` goes on; 0 if there is none."""
        with self._connections.reading() as connection:
            return int(connection.scalar(sa.select(sa.func.max(call_events.c.position))) or 0)

    def _keep(self, summary: CallSummary) -> None:
        row = _clean_row(asdict(summary))
        with self._connections.writing(one_at_a_time=True) as connection:
            forgotten = bool(self._forgotten(connection, {row["call_id"]}))
            row |= personal.ERASED_SUMMARY if forgotten else {}
            connection.execute(self._connections.upsert(calls), {**row, "forgotten": forgotten})

    @staticmethod
    def _forgotten(connection: sa.Connection, call_ids: set[str]) -> set[str]:
        query = sa.select(calls.c.call_id).where(calls.c.call_id.in_(call_ids), calls.c.forgotten)
        return set(connection.scalars(query))


def _clean_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose texts every database can hold."""
    return {name: clean(v) if isinstance(v, str) else v for name, v in row.items()}


def _event_row(event: CallEvent, forgotten: bool) -> dict[str, Any]:
    data = clean(personal.without_secrets(event.data))
    return {
        "call_id": clean(event.call_id),
        "seq": event.seq,
        "at": event.at,
        "kind": clean(event.kind),
        "data": personal.erase(event.kind, data) if forgotten else data,
    }


def _event(row: sa.RowMapping) -> CallEvent:
    return CallEvent(row["call_id"], row["seq"], row["at"], row["kind"], row["data"])


def _summary(row: sa.RowMapping) -> CallSummary:
    return CallSummary(**{name: value for name, value in row.items() if name != "forgotten"})
