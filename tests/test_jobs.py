"""At night recordings whose time is over go, by the rules of the version that is live."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.archive import Archive
from ivr.errors import StoreError
from ivr.flow.center import Center
from ivr.jobs import Jobs
from ivr.store import Database
from ivr.store.wanted import Wanted
from recordings.catalogue import Recording
from recordings.shelf import Shelf

NOW = datetime(2026, 11, 21, 19, 30, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Recordings of two queues, a month and a year old."""
    shelf = Shelf(tmp_path / "recordings")
    shelf.prepare()
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as database:
        for days in (30, 365):
            for queue in ("cards", "complaints"):
                at, name = NOW - timedelta(days=days), f"{queue}.{days}-1"
                recording = Recording(name=name, call_id=name[:-2], part=1, at=at, queue=queue)
                (shelf.root / f"{name}.age").write_bytes(b"sealed")
                database.recordings.add(replace(recording, file=f"{name}.age", size=6))
        yield Archive(database, shelf, "careline serve", lambda: NOW)


def center(**kept: object) -> Center:
    return Center.model_validate(
        {
            "center": {"name": "Bank", "languages": ["zh"], "human": "main.human"},
            "queues": {"cards": {}, "complaints": {}},
            "recordings": kept,
        }
    )


async def test_what_is_over_goes_by_the_rules_of_center_yaml(archive: Archive) -> None:
    rules = [{"name": "complaints", "queues": "complaints", "keep": "3 years"}]
    await Jobs(archive, lambda: center(keep="26 weeks", rules=rules)).purge()
    left = {one.name for one in archive.database.recordings.find(Wanted())}
    assert left == {"cards.30-1", "complaints.30-1", "complaints.365-1"}
    assert not (archive.shelf.root / "cards.365-1.age").exists()
    [entry] = archive.database.audit.entries()
    assert (entry.who, entry.act, entry.about) == ("careline serve", "deleted", "cards.365-1")


async def test_a_file_that_is_gone_is_told_to_the_operator(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    for one in archive.database.recordings.find(Wanted()):
        archive.database.recordings.resealed(one.name, 6, "0" * 64)
    (archive.shelf.root / "cards.30-1.age").unlink()
    await Jobs(archive, center).verify()
    assert "a recording is missing: cards.30-1" in caplog.text
    assert "a recording is altered: complaints.30-1" in caplog.text


async def test_a_store_that_fails_ends_no_engine(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("The database is gone.")

    monkeypatch.setattr(type(archive.database.recordings), "find", fails)
    jobs = Jobs(archive, center)
    with caplog.at_level(logging.ERROR):
        await jobs.purge()
        await jobs.verify()
    assert caplog.text.count("The database is gone.") == 2


async def test_the_schedule_is_the_hotlines_own_night(archive: Archive) -> None:
    jobs = Jobs(archive, center)
    jobs.open()
    try:
        nights = {job.next_run_time.strftime("%H:%M %Z") for job in jobs._scheduler.get_jobs()}
    finally:
        jobs.close()
    assert nights == {"03:30 CST", "04:30 CST"}
