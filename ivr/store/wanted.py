"""Which recordings are asked for?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from ivr.store.connections import clean
from ivr.store.tables import calls, recordings
from recordings.catalogue import Kind

Query = TypeVar("Query", bound=sa.Select[Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which recordings are asked for; what is None does not matter. Times are aware."""

    since: datetime | None = None
    until: datetime | None = None
    agent: str | None = None
    queue: str | None = None
    call_id: str | None = None
    number: str | None = None  # E.164
    state: str | None = "kept"
    kind: Kind | None = None


def narrowed(query: Query, wanted: Wanted) -> Query:
    """A query of recordings that finds only those asked for."""
    if wanted.number is not None:
        query = query.join(calls, calls.c.call_id == recordings.c.call_id)
        query = query.where(calls.c.number == clean(wanted.number))
    if wanted.since is not None:
        query = query.where(recordings.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(recordings.c.at < wanted.until)
    for column in ("agent", "queue", "call_id", "state", "kind"):
        if (value := getattr(wanted, column)) is not None:
            query = query.where(recordings.c[column] == clean(value))
    return query
