"""The disk is full: what was to be kept is kept when there is room again, in order; calls go on."""

import asyncio
import logging
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr import journal as journals
from ivr import keeping as keepings
from ivr import messages
from ivr.flow.box import Dictated, Kept
from ivr.flow.outside import Failed
from ivr.journal import Journal
from ivr.keeping import Keeping
from ivr.line import voice_file
from ivr.messages import MessageBox
from ivr.record import CallEvent, CallSummary
from ivr.store.database import Database
from ivr.store.wanted import Wanted
from recordings.shelf import Shelf
from recordings.vault import Keys
from tests.faults.full_disk import NotPermitted, full, small_disk
from tests.faults.test_database import a_call, is_kept
from tests.hotline.day import until

log = logging.getLogger(__name__)

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
CALL = CallSummary(call_id="careline-1.1", started=NOON)
TOLD = "has to wait to be put away"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    try:
        with small_disk(tmp_path / "disk") as mounted:
            yield mounted
    except NotPermitted as why:
        pytest.skip(f"{why} (test_database fills a file instead)")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "RETRY_AFTER", 0.05)
    monkeypatch.setattr(keepings, "TRY_AGAIN", 0.05)
    monkeypatch.setattr(messages, "LEAST_FREE", 100_000)


async def test_what_cannot_be_entered_in_the_database_is_entered_in_order_when_there_is_room(
    disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Database.open(f"sqlite:///{disk}/careline.db") as database:
        journal = Journal(database)
        journal.open()
        with full(disk):
            await a_call(journal)
            await until("the operator is told", lambda: "cannot be written" in caplog.text)
            assert database.calls.list() == []
        there_is_room = time.monotonic()
        await is_kept(database)
        log.info("kept %.1f s after there was room", time.monotonic() - there_is_room)
        await journal.close()
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(told) == 1, "once, however often it was tried"


async def test_a_talk_that_cannot_be_put_away_is_when_there_is_room_and_no_other_is_recorded(
    disk: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def nobody() -> Collection[str]:
        return ()

    with Database.open(f"sqlite:///{tmp_path}/careline.db") as database:
        shelf = Shelf(disk / "recordings", warn=0, least=100_000)
        keeping = Keeping(database, shelf, tmp_path / "recordings.key", "flac", nobody)
        keeping.open()
        await until("nothing was left", lambda: keeping.idle)
        raw = keeping.file(CALL.call_id)
        assert raw is not None
        raw.write_bytes(bytes(32_000))
        with full(disk):
            talk = {"agent": "ana", "recording": f"{CALL.call_id}-1", "recorded": True}
            keeping.heed(CallEvent(CALL.call_id, 0, NOON, "joined", talk))
            keeping.heed(replace(CALL, ended=NOON, outcome="answered"))
            await until("the operator is told", lambda: TOLD in caplog.text)
            await asyncio.sleep(0.3)
            assert keeping.file("careline-1.2") is None, "answered, and not recorded"
        await until("it is put away", lambda: keeping.idle)
        [kept] = database.recordings.find(Wanted(state=None))
        await keeping.close()
    assert (kept.state, kept.seconds, kept.agent) == ("kept", 1.0, "ana")
    assert not raw.exists()
    assert caplog.text.count(TOLD) == 1
    assert keeping.file("careline-1.3") is not None, "recorded again"


async def test_a_message_is_not_taken_where_there_is_no_room_and_not_lost_where_there_was_some(
    disk: Path, tmp_path: Path
) -> None:
    key = tmp_path / "recordings.key"
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as database:
        box = MessageBox(database, disk / "messages", lambda: NOON, key)
        box.open()
        Keys.add(key)
        file = box.place(CALL.call_id)
        assert file is not None
        voice_file.write(file, voice_file.hum(4.0))
        with full(disk):
            said = Dictated(file, "message", 2.0, "+8613800138000", "zh", "general")
            assert isinstance(await box.keep(CALL.call_id, said), Failed)
            assert box.place("careline-1.2") is None
        assert file.exists()
        after = MessageBox(database, disk / "messages", lambda: NOON, key)
        after.open()
        assert len(database.messages.list()) == 1, "an engine that begins adopts it"
        more = after.place("careline-1.3")
        assert more is not None
        voice_file.write(more, voice_file.hum(4.0))
        assert isinstance(await after.keep("careline-1.3", replace(said, file=more)), Kept)
