"""How is the database reached, and how do its failures become ours?"""

import json
import math
import os
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from ivr.errors import BadInput, StoreError

BUSY_MS = 15_000  # longer than an import of 100,000 callers holds the database
CONNECT_S = 10
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# What SQLite and PostgreSQL say, and what is to be done about it.
REMEDIES = {
    r"database is locked": "Another program holds it; try again when that is done.",
    r"readonly database": "Run this as the user whom its file and its folder belong to.",
    r"unable to open database file": "Look whether this user may write to its folder.",
    r"not a database|malformed": "Restore it from a backup, or move it away to begin a new one.",
    r"disk is full": "Make room on its disk.",
    r"Connection refused|on socket": "Start PostgreSQL there, or correct database_url.",
    r"resolve host": "Correct the host in database_url.",
    r"password": "Correct the user and the password in database_url.",
    r'(database|role) ".+" does not exist': "Create it in PostgreSQL, or correct database_url.",
    r"permission denied for": "Grant this user of the database the right to create tables there.",
}
"""Patterns of their messages."""
_LOCK = 0x63617265  # "care": PostgreSQL's advisory lock for what must happen one after the other


class Connections:
    """The way to one database; may be used from any thread.

    Every StoreError raised here is a sentence; SQL and its values never are in it.
    """

    def __init__(self, url: str) -> None:
        self._url = understand(url)
        self._engine = _engine(self._url)
        self._writer = self._engine.execution_options(careline_writes=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite (otherwise PostgreSQL)."""
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one moment of the database."""
        with self._ours(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, one_at_a_time: bool = False) -> Iterator[sa.Connection]:
        """A transaction: all of it is kept, or, when anything is raised, none of it.

        On SQLite there is one writer at a time anyway. `one_at_a_time` makes it so on PostgreSQL,
        for what must become visible in the order it was written.
        """
        with self._ours(), self._writer.begin() as connection:
            if one_at_a_time and not self.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield connection

    def upsert(self, table: sa.Table, keep: Sequence[str] = ()) -> sa.Insert:
        """An insert that replaces the row with the same primary key, except its columns `keep`."""
        keys = [column.name for column in table.primary_key]
        fresh = [c.name for c in table.columns if c.name not in (*keys, *keep)]
        if self.is_sqlite:
            lite = sqlite.insert(table)
            return lite.on_conflict_do_update(keys, set_={n: lite.excluded[n] for n in fresh})
        post = postgresql.insert(table)
        return post.on_conflict_do_update(
            index_elements=keys, set_={n: post.excluded[n] for n in fresh}
        )

    def insert_new(self, table: sa.Table) -> sa.Insert:
        """An insert that leaves alone what is already there."""
        insert = sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)
        return insert.on_conflict_do_nothing()

    def sweep(self) -> None:
        """Make sure what was deleted is gone from the disk too.

        SQLite overwrites what it deletes (secure_delete); this empties the write-ahead log, where
        older pages stay otherwise. PostgreSQL's autovacuum does the like in its own time.
        """
        if self.is_sqlite:
            with self._ours(), self._engine.connect() as connection:
                cursor = connection.connection.cursor()  # the driver's: no transaction is begun
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.close()

    def close(self) -> None:
        """Close every connection; one that a thread still uses, when it has done."""
        if not isinstance(self._engine.pool, StaticPool):
            event.listen(self._engine.pool, "checkin", _done_with)
        self._engine.dispose()

    @contextmanager
    def _ours(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            raise StoreError(
                f"The database refused what was to be stored: {_first_line(error.orig)}."
            ) from error
        except DBAPIError as error:
            said = _first_line(error.orig)
            remedy = next((do for words, do in REMEDIES.items() if re.search(words, said)), "")
            raise StoreError(
                f"The database {self._name()} cannot be used: {said}. {remedy}".strip()
            ) from error
        except SQLAlchemyError as error:
            raise StoreError(
                f"The database {self._name()} cannot be used ({type(error).__name__})."
            ) from error

    def _name(self) -> str:
        return self._url.render_as_string(hide_password=True)


def _done_with(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.invalidate()


def clean(value: object) -> Any:
    """`value` as every database can hold it.

    A NUL, a lone surrogate (half a character, from broken UTF-16) and an infinite float, all of
    which a hostile caller can bring about, become U+FFFD or their name.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return clean(str(value))


def understand(url: str) -> URL:
    """The address of a database, with the driver we use. Raises BadInput for any other."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadInput(
            "The database address cannot be read; expected sqlite:///path/to/careline.db or "
            "postgresql://user@host/database."
        ) from None
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise BadInput(
            f"The database address begins with {parsed.drivername!r}; "
            "expected sqlite or postgresql."
        )
    return parsed


def _engine(url: URL) -> sa.Engine:
    options: dict[str, Any] = {
        "hide_parameters": True,  # a caller's data must not get into a traceback
        "json_serializer": partial(json.dumps, ensure_ascii=False),
    }
    if url.get_backend_name() == "sqlite":
        in_memory = url.database in (None, "", ":memory:")
        if in_memory:
            options["poolclass"] = StaticPool
        else:
            _make_file(Path(str(url.database)))
        options["connect_args"] = {"check_same_thread": False}
        engine = sa.create_engine(url, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return sa.create_engine(
            url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_S}, **options
        )
    except ImportError:
        raise StoreError(
            "PostgreSQL is set as the database but its driver is not installed; install it with "
            "pip install 'careline[postgresql]' or pip install 'psycopg[binary]'."
        ) from None


def _make_file(database: Path) -> None:
    """Begin an empty database for our eyes only; what SQLite puts beside it gets the same rights."""
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreError(
            f"The folder {database.parent} for the database cannot be made: {error.strerror}."
        ) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        _insist(connection, f"PRAGMA {pragma}")


def _insist(connection: Any, statement: str) -> None:
    """Execute; SQLite does not wait by itself while another program is turning WAL on."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute(statement).close()
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and then writes would fail at once, whatever the timeout, if
    # another has written in between; so a writing one takes its turn at the start.
    writes = connection.get_execution_options().get("careline_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _first_line(error: BaseException | None) -> str:
    """What the driver says, without the DETAIL lines in which PostgreSQL quotes the row."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else "no reason given"
