"""Whether a talk is to be recorded at all: the caller's wish, and the room on the disk."""

import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.keeping import CUT_SHORT, Keeping
from ivr.record import CallEvent, CallSummary
from ivr.store.database import Database
from ivr.store.wanted import Wanted
from recordings.shelf import Shelf

CALL = CallSummary(call_id="careline-1763700000.1", started=datetime(2026, 11, 21, 9, tzinfo=UTC))


async def nobody() -> Collection[str]:
    return ()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as opened:
        yield opened


def keeping(database: Database, folder: Path, least: int = 0) -> Keeping:
    shelf = Shelf(folder / "recordings", warn=0, least=least)
    shelf.prepare()
    return Keeping(database, shelf, folder / "recordings.key", "flac", nobody)


def test_the_talks_of_a_caller_who_does_not_want_it_are_not_recorded(
    database: Database, tmp_path: Path
) -> None:
    keeper = keeping(database, tmp_path)
    keeper.refuse(CALL.call_id, refused=True)
    assert keeper.file(CALL.call_id) is None
    assert keeper.file("careline-1763700000.2") is not None


def test_a_caller_may_agree_after_all(database: Database, tmp_path: Path) -> None:
    keeper = keeping(database, tmp_path)
    keeper.refuse(CALL.call_id, refused=True)
    keeper.refuse(CALL.call_id, refused=False)
    assert keeper.file(CALL.call_id) is not None


def test_a_refusal_is_forgotten_with_its_call(database: Database, tmp_path: Path) -> None:
    keeper = keeping(database, tmp_path)
    keeper.refuse(CALL.call_id, refused=True)
    keeper.heed(CALL)
    assert keeper.file(CALL.call_id) is None, "a summary written during the call is not its end"
    keeper.heed(replace(CALL, ended=CALL.started))
    assert keeper.file(CALL.call_id) is not None


def test_below_the_floor_of_free_space_nothing_is_recorded_and_the_operator_is_told_once(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = keeping(database, tmp_path, least=1 << 62)
    assert [keeper.file(CALL.call_id) for _ in range(3)] == [None] * 3
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "there is too little room on the disk of the recordings: nothing is recorded any more"
    ]


async def test_what_an_engine_left_behind_is_put_away_and_marked_with_what_is_known_of_it(
    database: Database, tmp_path: Path
) -> None:
    database.calls.start(CALL)
    database.calls.append(
        [
            CallEvent(CALL.call_id, 0, CALL.started, "waiting", {"queue": "general"}),
            CallEvent(
                CALL.call_id,
                1,
                CALL.started,
                "joined",
                {"agent": "ana", "recording": f"{CALL.call_id}-1", "recorded": True},
            ),
        ]
    )
    keeper = keeping(database, tmp_path)
    raw = keeper.file(CALL.call_id)
    assert raw is not None
    raw.write_bytes(bytes(32_000 + 3))  # the last frame was cut off by the crash
    os.utime(raw, (0, 0))
    after = keeping(database, tmp_path)
    after.open()
    await after.close()
    [found] = database.recordings.find(Wanted(state=None))
    assert (found.state, found.seconds, found.note) == ("kept", 1.0, CUT_SHORT)
    assert (found.agent, found.queue) == ("ana", "general")
    assert not raw.exists()
