"""What is kept of calls, in which order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.journal import Journal
from ivr.record import CallEvent, CallSummary
from ivr.store.database import Database

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
BEGUN = CallSummary(call_id="1", started=NOW)
OVER = replace(BEGUN, ended=NOW, outcome="left")


def event(seq: int) -> CallEvent:
    return CallEvent("1", seq, NOW, "step", {"flow": "main", "step": str(seq)})


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(f"sqlite:///{tmp_path / 'careline.db'}") as opened:
        yield opened


async def test_a_call_is_kept_with_its_events(database: Database) -> None:
    journal = Journal(database)
    journal.open()
    for entry in (BEGUN, event(0), event(1), OVER):
        journal.add(entry)
    await journal.close()
    record = database.calls.show("1")
    assert record.summary.outcome == "left"
    assert [one.seq for one in record.events] == [0, 1]


async def test_a_call_is_not_seen_to_be_over_before_its_last_event(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    append = database.calls.append

    def looking(events: list[CallEvent]) -> None:
        seen.append(database.calls.show("1").summary.ended)
        append(events)

    monkeypatch.setattr(database.calls, "append", looking)
    journal = Journal(database)
    journal.open()
    for entry in (BEGUN, event(0), OVER):
        journal.add(entry)
    await journal.close()
    assert seen == [None]
    assert database.calls.show("1").summary.ended == NOW
