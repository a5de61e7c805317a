"""Recordings that wait to be looked at, what is found in them, and workers that take them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from ivr.record import CallSummary
from ivr.store import Database
from ivr.store.work import Job
from recordings.catalogue import Recording
from recordings.checks import Finding
from recordings.measure import Measures, measure
from recordings.review import Review
from recordings.transcript import Transcript, Word

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LEASE = timedelta(minutes=5)
NUMBER = "+8613912345678"


def later(lasts: timedelta = timedelta()) -> datetime:
    """After the recordings were put in, by the machine's clock, and so much later still."""
    return datetime.now(UTC) + timedelta(seconds=1) + lasts


def measures() -> Measures:
    nothing = np.zeros(8000, np.int16)
    return measure(nothing, nothing, lambda side: np.zeros(len(side) // 256, bool))


def review(name: str, said: str = "我 要 投诉") -> Review:
    words = [Word(word, place, place + 0.5) for place, word in enumerate(said.split())]
    found = (Finding("anger", 2.0, 'The caller said "投诉".'),)
    measured = replace(measures(), holds=((1.0, 2.5),))
    return Review(name, AT, measured, found, Transcript.of("zh", words, []), "", 120.0, None)


def put_in(database: Database, calls: str = "123") -> Database:
    """Recordings of a caller's calls, which wait to be looked at."""
    for call in calls:
        database.calls.start(CallSummary(call_id=call, started=AT, number=NUMBER))
        database.recordings.add(
            Recording(name=f"{call}-1", call_id=call, part=1, at=AT, queue="cards", agent="ana")
        )
    return database


def claim(database: Database, holder: str, at: datetime | None = None) -> Job | None:
    return database.work.claim(at or later(), LEASE, holder)


def claimed(database: Database, holder: str, at: datetime | None = None) -> Job:
    job = claim(database, holder, at)
    assert job is not None
    return job
