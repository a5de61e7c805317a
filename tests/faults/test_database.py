"""The database is locked, full or gone: calls go on, and their records come later, in order."""

import asyncio
import logging
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from ivr import journal as journals
from ivr.journal import Journal
from ivr.record import CallEvent, CallSummary, UnderWay
from ivr.store.database import Database
from tests.hotline.day import until
from tests.store.postgres import NoServer, throwaway_server

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
BEGUN = CallSummary(call_id="1", started=NOW)
EVENTS = [CallEvent("1", n, NOW, "said", {"prompt": "x" * 2000}) for n in range(40)]
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "RETRY_AFTER", 0.05)


async def a_call(journal: Journal) -> None:
    """Everything a call has to be kept; adding it never waits."""
    began = time.monotonic()
    journal.add(BEGUN)
    for event in EVENTS:
        journal.add(event)
        journal.bookmark(UnderWay("1", NOW, {"step": event.seq}))
    assert time.monotonic() - began < 1
    await asyncio.sleep(0.3)


async def is_kept(database: Database) -> None:
    def kept() -> bool:  # where a call is comes last
        calls = database.calls.list()
        events = database.calls.show("1").events if calls else ()
        return len(events) == len(EVENTS) and bool(database.under_way.list())

    await until("everything is kept", kept)
    assert [event.seq for event in database.calls.show("1").events] == list(range(len(EVENTS)))
    assert [dict(one.state) for one in database.under_way.list()] == [{"step": len(EVENTS) - 1}]


async def test_a_database_that_another_process_holds_is_written_later(tmp_path: Path) -> None:
    path = tmp_path / "careline.db"
    with Database.open(f"sqlite:///{path}") as database:
        journal = Journal(database)
        journal.open()
        holder = subprocess.Popen(  # noqa: ASYNC220  for a moment
            [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        await a_call(journal)
        assert database.calls.list() == []
        holder.communicate(b"\n")
        await is_kept(database)
        journal.add(replace(BEGUN, ended=NOW, outcome="left"))
        await journal.close()
        assert database.under_way.list() == []


async def test_a_full_disk_is_written_to_when_there_is_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "careline.db"
    with Database.open(f"sqlite:///{path}") as database:
        journal = Journal(database)
        journal.open()
        with (
            caplog.at_level(logging.WARNING),
            no_file_grows_beyond(path.with_name("careline.db-wal")),
        ):
            await a_call(journal)
            await until("the operator is told", lambda: "cannot be written" in caplog.text)
        await is_kept(database)
        await journal.close()
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(told) == 1  # however often it was tried


@contextmanager
def no_file_grows_beyond(file: Path) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_postgresql_that_is_gone_gets_everything_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        with throwaway_server() as address:
            await _gone_and_back(address.format(database="postgres"), caplog)
    except NoServer as nowhere:
        pytest.skip(str(nowhere))


async def _gone_and_back(url: str, caplog: pytest.LogCaptureFixture) -> None:
    socket = Path(url.partition("host=")[2], ".s.PGSQL.5432")
    with Database.open(url) as database, psycopg.connect(url, autocommit=True) as own:
        journal = Journal(database)
        journal.open()
        aside = socket.with_name("aside")
        socket.rename(aside)  # noqa: ASYNC240  nobody gets in any more, and who is in is thrown out
        others = (
            "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type LIKE 'client%'"
        )
        own.execute(f"SELECT pg_terminate_backend(pid) {others}")
        await a_call(journal)
        await until("the operator is told", lambda: "cannot be written" in caplog.text)
        aside.rename(socket)
        await is_kept(database)
        await journal.close()
