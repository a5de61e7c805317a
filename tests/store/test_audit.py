"""What must be answered for is written down once, and nobody changes it unseen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from ivr.errors import StoreError
from ivr.store import Database
from ivr.store.connections import Connections

AT = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def written(database: Database) -> Database:
    """A log of three entries."""
    for minute, act in enumerate(("played", "exported", "deleted")):
        at = AT + timedelta(minutes=minute)
        database.audit.add(at, "li.na", act, "1763700000.12-1", {"why": "complaint 投诉"})
    return database


def tamper(url: str, *statements: str) -> None:
    """Change the log as somebody would who may drop its triggers."""
    connections = Connections(url)
    with connections.writing() as connection:
        if connections.is_sqlite:
            for change in ("update", "delete"):
                connection.execute(sa.text(f"DROP TRIGGER audit_never_{change}"))
        else:
            connection.execute(sa.text("DROP TRIGGER audit_never ON audit"))
        for statement in statements:
            connection.execute(sa.text(statement))
    connections.close()


def test_entries_are_read_as_they_were_written(written: Database) -> None:
    [first, *_] = written.audit.entries()
    assert (first.at, first.who, first.act, first.about) == (
        AT,
        "li.na",
        "played",
        "1763700000.12-1",
    )
    assert first.data == {"why": "complaint 投诉"}
    later = list(written.audit.entries(since=AT + timedelta(minutes=2)))
    assert [entry.act for entry in later] == ["deleted"]


def test_an_untouched_log_is_right(written: Database) -> None:
    found = written.audit.verify()
    assert (found.entries, found.broken) == (3, None)
    assert found.last == list(written.audit.entries())[-1].hash


def test_an_empty_log_is_right(database: Database) -> None:
    assert database.audit.verify().broken is None


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET who = 'somebody' WHERE number = 2", 2),
        ("UPDATE audit SET data = '{}' WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 2", 3),
        ("DELETE FROM audit WHERE number = 1", 2),
    ],
)
def test_what_was_changed_or_taken_out_is_found(
    written: Database, url: str, tampering: str, broken: int
) -> None:
    tamper(url, tampering)
    assert written.audit.verify().broken == broken


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET who = 'somebody' WHERE number = 2", "DELETE FROM audit"]
)
def test_the_database_itself_refuses_a_change(written: Database, url: str, change: str) -> None:
    connections = Connections(url)
    with pytest.raises(StoreError, match="never changes"), connections.writing() as connection:
        connection.execute(sa.text(change))
    connections.close()
    assert written.audit.verify().broken is None


def test_programs_that_write_at_once_keep_the_chain(url: str, tmp_path: Path) -> None:
    def write(name: str) -> None:
        with Database.open(url) as opened:
            for number in range(10):
                opened.audit.add(AT, name, "played", str(number))

    Database.open(url).close()
    writers = [Thread(target=write, args=(name,)) for name in ("ana", "ben", "chen")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with Database.open(url) as opened:
        found = opened.audit.verify()
    assert (found.entries, found.broken) == (30, None)
