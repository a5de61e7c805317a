"""Whether a talk is to be recorded at all: the caller's wish, and the room on the disk."""

import asyncio
import io
import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from ivr.keeping import CUT_SHORT, Keeping
from ivr.record import CallEvent, CallSummary
from ivr.store.database import Database
from ivr.store.wanted import Wanted
from recordings.shelf import Shelf
from recordings.sound import decode
from recordings.vault import Keys, Vault

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


def recorded_in_the_flow(raw: Path, *after: tuple[str, dict[str, object]]) -> list[CallEvent]:
    """A second of the flow was recorded into `raw`; this came after that."""
    raw.write_bytes(np.tile(np.array([1000, 0], "<i2"), 8000).tobytes())
    os.utime(raw, (0, 0))
    name = raw.name.removesuffix(".ivr.raw")
    told = [("ivr_recorded", {"recording": name, "recorded": True}), *after]
    return [CallEvent(CALL.call_id, n, CALL.started, *one) for n, one in enumerate(told)]


async def test_what_was_said_in_the_flow_is_a_part_of_its_own_beside_the_talk(
    database: Database, tmp_path: Path
) -> None:
    keeper = keeping(database, tmp_path)
    keeper.open()
    await asyncio.sleep(0)  # there was nothing left behind
    raw, talk = keeper.file(CALL.call_id, ivr=True), keeper.file(CALL.call_id)
    assert raw is not None
    assert talk is not None
    assert talk.name == f"{CALL.call_id}-2.raw"
    for event in recorded_in_the_flow(raw):
        keeper.heed(event)
    keeper.heed(replace(CALL, ended=CALL.started, queue="general", agent="ana"))
    await keeper.close()
    [found] = database.recordings.find(Wanted(state=None))
    assert (found.name, found.kind, found.state) == (f"{CALL.call_id}-1", "ivr", "kept")
    assert (found.agent, found.queue, found.seconds) == ("", "general", 1.0)
    opened = io.BytesIO()
    vault = Vault(Keys.read(tmp_path / "recordings.key"))
    vault.open(tmp_path / "recordings" / found.file, opened)
    opened.seek(0)
    caller, hotline = decode(opened)
    assert caller.all()
    assert not hotline.any()


async def test_of_a_caller_who_does_not_want_it_nothing_of_the_flow_is_kept(
    database: Database, tmp_path: Path
) -> None:
    keeper = keeping(database, tmp_path)
    keeper.open()
    await asyncio.sleep(0)  # there was nothing left behind
    raw = keeper.file(CALL.call_id, ivr=True)
    assert raw is not None
    for event in recorded_in_the_flow(raw, ("consent", {"recording": False})):
        keeper.heed(event)
    keeper.heed(replace(CALL, ended=CALL.started))
    await keeper.close()
    assert not raw.exists()
    assert database.recordings.find(Wanted(state=None)) == []


@pytest.mark.parametrize("wanted", [True, False])
async def test_so_it_is_where_an_engine_died_meanwhile(
    database: Database, tmp_path: Path, wanted: bool
) -> None:
    raw = keeping(database, tmp_path).file(CALL.call_id, ivr=True)
    assert raw is not None
    database.calls.start(CALL)
    database.calls.append(recorded_in_the_flow(raw, ("consent", {"recording": wanted})))
    after = keeping(database, tmp_path)
    after.open()
    await after.close()
    assert not raw.exists()
    found = database.recordings.find(Wanted(state=None))
    expected = [("ivr", CUT_SHORT, "")] if wanted else []
    assert [(one.kind, one.note, one.agent) for one in found] == expected
