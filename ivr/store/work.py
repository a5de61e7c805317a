"""Which recordings are still to be looked at, and which worker does it?

One table. A worker claims a recording for a time (its lease) and renews the claim while it works;
one that dies leaves a lease that ends, and the recording is another's. The end of the work and what
came of it are one transaction (`ivr/store/reviews.py`), so nothing is lost and nothing kept twice.
procrastinate knows PostgreSQL only, and huey takes a job out of its queue before the work is done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from ivr.store.connections import Connections, clean
from ivr.store.tables import work

ATTEMPTS = 5
"""How often a recording is tried before somebody has to look at it."""
AGAIN_AFTER = timedelta(minutes=1)
"""The wait after a first failure; it doubles with each further one."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claim on a recording: the `attempt`-th, known by `holder`, which no other claim has."""

    recording: str
    attempt: int
    holder: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A recording that was tried often enough; `why` is what went wrong the last time."""

    recording: str
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How many recordings wait, are being looked at, and are given up."""

    waiting: int
    under_way: int
    failed: tuple[Failed, ...]


class Work:
    """The queue of one hotline, for any number of workers on any machines.

    Times are aware; those of several machines should agree to a small part of a lease.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def claim(self, now: datetime, lease: timedelta, holder: str) -> Job | None:
        """The recording that has waited longest, until `now` + `lease`; None where none waits.

        `holder` must be a name that no claim ever had.
        """
        query = (
            sa.select(work.c.recording, work.c.attempts)
            .where(work.c.due <= now, work.c.attempts < ATTEMPTS)
            .order_by(work.c.due, work.c.recording)
            .limit(1)
            # PostgreSQL passes over what another worker is claiming at this moment; on SQLite,
            # which leaves these words out, a transaction that writes is alone from its beginning.
            .with_for_update(skip_locked=True)
        )
        with self._connections.writing() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            job = Job(row.recording, row.attempts + 1, holder)
            values = {"attempts": job.attempt, "holder": holder, "due": now + lease}
            connection.execute(
                sa.update(work).where(work.c.recording == job.recording).values(**values)
            )
        return job

    def renew(self, job: Job, now: datetime, lease: timedelta) -> bool:
        """Hold a claim longer; False if its lease had ended and somebody else has it now."""
        return self._change(job, due=now + lease)

    def put_off(self, job: Job, now: datetime, why: str) -> bool:
        """The attempt failed: the recording is to be tried again later, or given up."""
        due = now + AGAIN_AFTER * 2 ** (job.attempt - 1) if job.attempt < ATTEMPTS else now
        return self._change(job, due=due, holder="", note=clean(why))

    def give_back(self, job: Job, now: datetime) -> bool:
        """The worker stops before it is done; the attempt does not count."""
        return self._change(job, due=now, holder="", attempts=job.attempt - 1)

    def drop(self, job: Job) -> None:
        """There is nothing to look at any more."""
        with self._connections.writing() as connection:
            end(connection, job)

    def standing(self, now: datetime) -> Standing:
        """What is still to be done."""
        with self._connections.reading() as connection:
            rows = connection.execute(sa.select(work).order_by(work.c.recording)).all()
        failed = [row for row in rows if row.attempts >= ATTEMPTS and row.due <= now]
        under_way = sum(bool(row.holder) and row.due > now for row in rows)
        return Standing(
            waiting=len(rows) - under_way - len(failed),
            under_way=under_way,
            failed=tuple(
                Failed(row.recording, row.note or "every worker that tried died of it")
                for row in failed
            ),
        )

    def try_again(self, now: datetime) -> int:
        """Have what was given up tried anew; how many recordings that are."""
        query = sa.update(work).where(work.c.attempts >= ATTEMPTS, work.c.due <= now)
        with self._connections.writing() as connection:
            return connection.execute(query.values(attempts=0, holder="", note="")).rowcount

    def _change(self, job: Job, **values: object) -> bool:
        query = sa.update(work).where(work.c.recording == job.recording)
        with self._connections.writing() as connection:
            changed = connection.execute(query.where(work.c.holder == job.holder).values(**values))
            return changed.rowcount == 1


def put_in(connections: Connections, connection: sa.Connection, name: str, now: datetime) -> None:
    """Have a recording looked at, unless it already waits for that."""
    row = {"recording": name, "due": now, "attempts": 0, "holder": "", "note": ""}
    connection.execute(connections.insert_new(work), row)


def end(connection: sa.Connection, job: Job) -> bool:
    """Take what is done out of the queue, within the transaction that keeps what came of it.

    False if somebody else holds it now: then nothing must be kept.
    """
    query = sa.delete(work).where(work.c.recording == job.recording, work.c.holder == job.holder)
    return connection.execute(query).rowcount == 1
