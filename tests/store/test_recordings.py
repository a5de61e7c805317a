"""The catalogue knows every recording, also the ones that failed or are gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.errors import NotFound
from ivr.record import CallSummary
from ivr.store import Database
from ivr.store.wanted import Wanted
from recordings.catalogue import Recording

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TALK = Recording(
    name="1-1", call_id="1", part=1, at=AT, queue="cards", agent="ana", language="zh",
    outcome="answered", seconds=61.5, file="2026/11/21/1-1.flac.age", size=2**33, sha256="ab",
)  # fmt: skip


@pytest.fixture
def catalogue(database: Database) -> Database:
    """Three recordings of two calls; one could not be made."""
    for call_id, number in (("1", "+8613912345678"), ("2", "+8613800000000")):
        database.calls.start(CallSummary(call_id=call_id, started=AT, number=number))
    later = AT + timedelta(hours=1)
    database.recordings.add(TALK)
    database.recordings.add(replace(TALK, name="1-2", part=2, agent="ben"))
    database.recordings.add(
        replace(TALK, name="2-1", call_id="2", at=later, state="failed", note="the disk is full")
    )
    return database


def names(database: Database, wanted: Wanted) -> list[str]:
    return [recording.name for recording in database.recordings.find(wanted)]


def test_a_recording_is_found_as_it_was_kept(catalogue: Database) -> None:
    assert catalogue.recordings.get("1-1") == TALK


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["1-2", "1-1"]),
        (Wanted(agent="ben"), ["1-2"]),
        (Wanted(queue="general"), []),
        (Wanted(number="+8613912345678"), ["1-2", "1-1"]),
        (Wanted(number="+8613800000000", state=None), ["2-1"]),
        (Wanted(since=AT + timedelta(minutes=1), state=None), ["2-1"]),
        (Wanted(until=AT), []),
        (Wanted(state="failed"), ["2-1"]),
        (Wanted(agent="'; DROP TABLE recordings; --"), []),
    ],
)
def test_recordings_are_found_by_what_is_asked(
    catalogue: Database, wanted: Wanted, found: list[str]
) -> None:
    assert names(catalogue, wanted) == found


def test_a_deleted_recording_stays_known_but_not_its_file(catalogue: Database) -> None:
    catalogue.recordings.deleted("1-1", "its time was over (usual)")
    gone = catalogue.recordings.get("1-1")
    assert (gone.state, gone.file, gone.sha256, gone.note) == (
        "deleted", "", "", "its time was over (usual)",
    )  # fmt: skip
    assert names(catalogue, Wanted()) == ["1-2"]


def test_a_recording_is_held_and_released(catalogue: Database) -> None:
    catalogue.recordings.hold("1-1", "court case 12/2026")
    assert catalogue.recordings.get("1-1").held == "court case 12/2026"
    catalogue.recordings.hold("1-1", "")
    assert catalogue.recordings.get("1-1").held == ""


def test_a_recording_that_is_not_there_is_told_with_what_to_do(catalogue: Database) -> None:
    with pytest.raises(NotFound, match="careline recordings list"):
        catalogue.recordings.get("9-9")
    with pytest.raises(NotFound):
        catalogue.recordings.deleted("9-9", "")
