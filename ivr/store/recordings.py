"""Which recordings are there, of which calls?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from ivr.errors import NotFound
from ivr.store.connections import Connections, clean
from ivr.store.tables import calls, recordings
from recordings.catalogue import Recording


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


class Recordings:
    """The catalogue of one hotline's recordings. The sound itself lies in files, sealed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, recording: Recording) -> None:
        """Keep a recording, in the place of one of the same name."""
        row = {k: clean(v) if isinstance(v, str) else v for k, v in asdict(recording).items()}
        with self._connections.writing() as connection:
            connection.execute(self._connections.upsert(recordings), row)

    def find(self, wanted: Wanted, limit: int | None = None) -> Sequence[Recording]:
        """The recordings asked for, the newest first."""
        query = sa.select(recordings)
        if wanted.number is not None:
            query = query.join(calls, calls.c.call_id == recordings.c.call_id)
            query = query.where(calls.c.number == clean(wanted.number))
        if wanted.since is not None:
            query = query.where(recordings.c.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(recordings.c.at < wanted.until)
        for column in ("agent", "queue", "call_id", "state"):
            if (value := getattr(wanted, column)) is not None:
                query = query.where(recordings.c[column] == clean(value))
        query = query.order_by(recordings.c.at.desc(), recordings.c.name.desc()).limit(limit)
        with self._connections.reading() as connection:
            return [Recording(**row) for row in connection.execute(query).mappings()]

    def get(self, name: str) -> Recording:
        """The recording of that name. Raises NotFound."""
        with self._connections.reading() as connection:
            query = sa.select(recordings).where(recordings.c.name == clean(name))
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(
                f"There is no recording {name[:80]!r}; `careline recordings list` has them."
            )
        return Recording(**row)

    def count_parts(self, call_id: str) -> int:
        """How many recordings of a call there are, whatever became of them."""
        query = sa.select(sa.func.max(recordings.c.part))
        with self._connections.reading() as connection:
            return connection.scalar(query.where(recordings.c.call_id == clean(call_id))) or 0

    def hold(self, name: str, reason: str) -> None:
        """Have a recording kept whatever the rules say; with an empty reason no longer."""
        self._change(name, held=clean(reason))

    def resealed(self, name: str, size: int, sha256: str) -> None:
        """The recording's file is another one now, with the same sound in it."""
        self._change(name, size=size, sha256=sha256)

    def deleted(self, name: str, why: str) -> None:
        """The file is gone; that there was one stays known. Raises NotFound."""
        self._change(name, state="deleted", note=clean(why), file="", size=0, sha256="")

    def _change(self, name: str, **values: object) -> None:
        query = sa.update(recordings).where(recordings.c.name == clean(name)).values(**values)
        with self._connections.writing() as connection:
            if connection.execute(query).rowcount == 0:
                raise NotFound(f"There is no recording {name[:80]!r}.")
