"""Which recordings are there, of which calls?"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import sqlalchemy as sa

from ivr.errors import NotFound
from ivr.store.connections import Connections, clean
from ivr.store.reviews import erase
from ivr.store.tables import recordings
from ivr.store.wanted import Wanted, narrowed
from ivr.store.work import put_in
from recordings.catalogue import Recording


class Recordings:
    """The catalogue of one hotline's recordings. The sound itself lies in files, sealed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, recording: Recording) -> None:
        """Keep a recording, in the place of one of the same name; a worker is to look at it."""
        row = {k: clean(v) if isinstance(v, str) else v for k, v in asdict(recording).items()}
        with self._connections.writing() as connection:
            connection.execute(self._connections.upsert(recordings), row)
            if recording.state == "kept":
                put_in(self._connections, connection, row["name"], datetime.now(UTC))

    def find(self, wanted: Wanted, limit: int | None = None) -> Sequence[Recording]:
        """The recordings asked for, the newest first."""
        query = narrowed(sa.select(recordings), wanted)
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

    def hold(self, name: str, reason: str) -> None:
        """Have a recording kept whatever the rules say; with an empty reason no longer."""
        self._change(name, held=clean(reason))

    def resealed(self, name: str, size: int, sha256: str) -> None:
        """The recording's file is another one now, with the same sound in it."""
        self._change(name, size=size, sha256=sha256)

    def deleted(self, name: str, why: str) -> None:
        """The file is gone, and with it what was found in it; that there was one stays known.

        Raises NotFound.
        """
        gone = {"state": "deleted", "note": clean(why), "file": "", "size": 0, "sha256": ""}
        with self._connections.writing() as connection:
            _update(connection, name, **gone)
            erase(connection, [clean(name)])
        self._connections.sweep()

    def _change(self, name: str, **values: object) -> None:
        with self._connections.writing() as connection:
            _update(connection, name, **values)


def _update(connection: sa.Connection, name: str, **values: object) -> None:
    query = sa.update(recordings).where(recordings.c.name == clean(name)).values(**values)
    if connection.execute(query).rowcount == 0:
        raise NotFound(f"There is no recording {name[:80]!r}.")
