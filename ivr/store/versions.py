"""Which versions of the flows were published, and what was in them?

The newest version is the live one. There is no pointer beside that could say otherwise: whoever goes
back to an older version publishes its files again, under a new number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ivr.errors import BadInput, NotFound
from ivr.flow.files import FlowFiles
from ivr.store.connections import Connections, clean
from ivr.store.tables import version_files, versions

NOTHING = FlowFiles({})


@dataclass(frozen=True, slots=True)
class Version:
    """A published version; it never changes.

    Numbers count from 1. `at` is aware. `diff` is against the version before (unified), and
    `restores` the number of the older version whose files these are again.
    """

    number: int
    at: datetime
    who: str
    why: str
    restores: int | None
    hash: str
    diff: str


class Versions:
    """The published versions of one hotline's flows."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def latest(self) -> int | None:
        """The number of the live version; None before the first."""
        with self._connections.reading() as connection:
            return _latest(connection)

    def live(self) -> Version | None:
        """The live version; None before the first."""
        with self._connections.reading() as connection:
            query = sa.select(versions).order_by(versions.c.number.desc()).limit(1)
            row = connection.execute(query).mappings().first()
        return None if row is None else Version(**row)

    def list(self) -> Sequence[Version]:
        """All versions, the newest first."""
        with self._connections.reading() as connection:
            query = sa.select(versions).order_by(versions.c.number.desc())
            return [Version(**row) for row in connection.execute(query).mappings()]

    def get(self, number: int) -> Version:
        """One version. Raises NotFound."""
        with self._connections.reading() as connection:
            query = sa.select(versions).where(versions.c.number == _storable(number))
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"There is no version {number}; `careline versions` lists all.")
        return Version(**row)

    def files(self, number: int) -> FlowFiles:
        """What was published as version `number`.

        Raises NotFound, and BadInput when they are not the files that were published.
        """
        version = self.get(number)
        with self._connections.reading() as connection:
            files = _files(connection, number)
        if files.hash != version.hash:
            raise BadInput(
                f"The files of version {number} in the database are not those that were published; "
                "somebody or something has changed them there. Publish again."
            )
        return files

    def add(
        self,
        files: FlowFiles,
        *,
        onto: int | None,
        at: datetime,
        who: str,
        why: str,
        restores: int | None = None,
    ) -> Version | None:
        """Publish: make `files` the live version, all of it at once or not at all.

        `onto` is the version they were made from (None: there is none yet). None is returned, and
        nothing is changed, when that is not the live one any more: somebody was faster.
        """
        with self._connections.writing(one_at_a_time=True) as connection:
            if _latest(connection) != onto:
                return None
            number = (onto or 0) + 1
            before = NOTHING if onto is None else _files(connection, onto)
            version = Version(
                number=number,
                at=at,
                who=clean(who),
                why=clean(why),
                restores=restores,
                hash=files.hash,
                diff=before.diff(files, f"version {onto or 0}", f"version {number}"),
            )
            row = {name: getattr(version, name) for name in Version.__slots__}
            connection.execute(sa.insert(versions), row)
            rows = [{"number": number, "name": n, "text": t} for n, t in files.texts.items()]
            connection.execute(sa.insert(version_files), rows)
        return version


def _latest(connection: sa.Connection) -> int | None:
    number = connection.scalar(sa.select(sa.func.max(versions.c.number)))
    return None if number is None else int(number)


def _files(connection: sa.Connection, number: int) -> FlowFiles:
    query = sa.select(version_files.c.name, version_files.c.text)
    rows = connection.execute(query.where(version_files.c.number == number))
    return FlowFiles({row.name: row.text for row in rows})


def _storable(number: int) -> int:
    """Nothing stored has a number beyond what the column holds, and PostgreSQL would refuse it."""
    return number if 0 < number < 2**31 else 0
