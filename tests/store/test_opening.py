"""A database is made, migrated, shared and refused."""

import re
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ivr.caller import Profile
from ivr.errors import BadInput, StoreError
from ivr.store import Database
from ivr.store.connections import Connections
from ivr.store.tables import HEAD, metadata

ANA = Profile("+8613800138000", name="王秀英")


def test_what_was_kept_is_there_after_closing_and_opening_again(url: str) -> None:
    with Database.open(url) as database:
        database.callers.save(ANA)
    with Database.open(url) as database:
        assert database.callers.find(ANA.number) == ANA


def test_a_connection_in_use_when_all_are_closed_is_closed_after_its_use(url: str) -> None:
    connections = Connections(url)
    with connections.reading() as connection:
        theirs = connection.connection.dbapi_connection
        assert theirs is not None
        connections.close()
        assert connection.scalar(sa.text("SELECT 1")) == 1
    connections.close()
    with pytest.raises(Exception, match="closed"):
        theirs.cursor()


def test_the_migrations_make_exactly_the_tables_the_code_uses(url: str) -> None:
    Database.open(url).close()
    connections = Connections(url)
    with connections.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    connections.close()
    assert differences == []


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", "ivr.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


OLDER = [f"{number:04}" for number in range(1, int(HEAD))]


@pytest.mark.parametrize("made_by", OLDER)
def test_what_an_older_careline_kept_is_there_after_the_upgrade(
    tmp_path: Path, made_by: str
) -> None:
    url = f"sqlite:///{tmp_path}/careline.db"
    connections = Connections(url)
    config = Config()
    config.set_main_option("script_location", "ivr.store:migrations")
    with connections.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, made_by)
        tables = sa.MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert().values({c.name: a_value(c) for c in table.c}))
    kept = rows(connections, tables)
    Database.open(url).close()
    assert rows(connections, tables) == kept
    assert all(kept.values()), "a row was kept in every table"
    connections.close()


def a_value(column: sa.Column[object]) -> object:
    """Something that such a column can hold."""
    kinds: dict[type[object], object] = {
        bool: True, int: 1, float: 1.5, str: "x", object: {"x": 1}, bytes: b"x",
        datetime: datetime(2026, 11, 21, 4, tzinfo=UTC), date: date(1950, 3, 1),
    }  # fmt: skip
    return kinds[column.type.python_type]


def rows(connections: Connections, tables: sa.MetaData) -> dict[str, list[tuple[object, ...]]]:
    """What stands in the columns of these tables, but for the version of them all."""
    with connections.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }


def test_programs_that_start_together_make_the_tables_once(url: str) -> None:
    failures: list[Exception] = []

    def start() -> None:
        try:
            Database.open(url).close()
        except Exception as error:
            failures.append(error)

    starting = [threading.Thread(target=start) for _ in range(4)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    assert failures == []
    with Database.open(url) as database:
        assert database.callers.count() == 0


def test_a_database_of_a_newer_careline_is_refused_and_left_alone(url: str) -> None:
    Database.open(url).close()
    connections = Connections(url)
    with connections.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"version 9999, which this Careline does not know"):
        Database.open(url)
    with connections.reading() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"
    connections.close()


def test_sqlite_waits_for_another_writer_and_keeps_foreign_keys(tmp_path: Path) -> None:
    connections = Connections(f"sqlite:///{tmp_path}/careline.db")
    with connections.reading() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        ]
    connections.close()
    assert found == ["wal", 15000, 1, 1]


def test_two_programs_writing_to_sqlite_by_turns_both_get_through(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/careline.db"
    Database.open(url).close()
    program = (
        "import sys\n"
        "from ivr.caller import Profile\n"
        "from ivr.store import Database\n"
        "with Database.open(sys.argv[1]) as database:\n"
        "    for i in range(100):\n"
        "        database.callers.save(Profile(f'+86138{sys.argv[2]}{i:07d}'))\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, url, which], stderr=subprocess.PIPE)
        for which in ("1", "2")
    ]
    errors = [writer.communicate()[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], errors
    with Database.open(url) as database:
        assert database.callers.count() == 200


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://root@localhost/x", "http://x"])
def test_an_address_of_no_database_we_know_is_answered_with_a_sentence(address: str) -> None:
    with pytest.raises(BadInput, match="expected sqlite"):
        Database.open(address)


def test_a_file_that_is_no_database_is_answered_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "careline.db").write_bytes(b"this is a letter to the bank, not a database\n" * 50)
    with pytest.raises(StoreError, match=r"cannot be used: file is not a database\. Restore it"):
        Database.open(f"sqlite:///{tmp_path}/careline.db")


def test_a_folder_that_cannot_be_made_is_answered_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot be made"):
        Database.open(f"sqlite:///{tmp_path}/var/careline.db")


def test_a_server_that_is_not_there_is_answered_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as raised:
        Database.open(f"postgresql://careline:geheim@/hotline?host={tmp_path}")
    assert "cannot be used" in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_a_database_that_is_locked_for_too_long_is_our_error_not_the_drivers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.store.connections.BUSY_MS", 50)
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as database:
        other = sqlite3.connect(tmp_path / "careline.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"database is locked\. Another program") as raised:
            database.callers.save(ANA)
        other.close()
    assert not re.search(r"13800138000|王秀英|INSERT", str(raised.value))


def test_a_database_in_memory_is_one_for_all_threads() -> None:
    with Database.open("sqlite://") as database:
        database.callers.save(ANA)
        found: list[Profile | None] = []
        reader = threading.Thread(target=lambda: found.append(database.callers.find(ANA.number)))
        reader.start()
        reader.join()
    assert found == [ANA]
