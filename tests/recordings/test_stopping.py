"""The engine stops while a talk goes on: it does not wait for the talk's recording."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from ivr.keeping import Keeping
from ivr.record import CallEvent, CallSummary
from ivr.store import Database
from recordings.shelf import Shelf

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)


async def test_a_recording_that_is_still_written_is_left_for_the_next_engine(
    tmp_path: Path,
) -> None:
    async def alive() -> set[str]:
        return {"c"}

    with Database.open("sqlite://") as database:
        shelf = Shelf(tmp_path / "recordings")
        keeping = Keeping(database, shelf, tmp_path / "key", "flac", alive)
        keeping.open()
        raw = keeping.file("c")
        assert raw is not None
        raw.write_bytes(b"\0" * 32_000)
        talk = {"agent": "ana", "recording": raw.stem, "recorded": True}
        keeping.heed(CallEvent("c", 0, NOON, "joined", talk))
        keeping.heed(CallSummary(call_id="c", started=NOON, ended=NOON))
        await asyncio.sleep(0)
        async with asyncio.timeout(2):
            await keeping.close()
        assert raw.exists()
