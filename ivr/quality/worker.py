"""How does a worker get through the queue? One recording after another, until it is told to stop.

It may be killed at any moment: what it held becomes another's when its lease ends, and what it had
found was either kept together with the end of the work, or not at all.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from time import perf_counter

from ivr.errors import CarelineError
from ivr.quality.reviewing import Reviewer
from ivr.store.database import Database
from ivr.store.work import Job

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
RENEWED = LEASE / 4
IDLE = 2.0
"""Seconds between two looks at an empty queue."""


class _Stopped(Exception):
    """The worker is to stop, in the middle of a recording."""


class _Lost(Exception):
    """The lease had ended, and somebody else has the recording now."""


class Worker:
    """Looks at recordings by `reviewer` until `stop` is set."""

    def __init__(
        self, database: Database, reviewer: Reviewer, now: Callable[[], datetime], stop: Event
    ) -> None:
        self._database = database
        self._reviewer = reviewer
        self._now = now
        self._stop = stop

    def run(self, *, once: bool = False) -> int:
        """Work; with `once` until nothing is due any more. How many recordings were looked at.

        A database that cannot be reached is told once and asked again; with `once` it is raised.
        """
        count, failing = 0, False
        while not self._stop.is_set():
            try:
                job = self._database.work.claim(self._now(), LEASE, secrets.token_hex(16))
                if job is not None:
                    count += self._do(job)
                failing = False
            except CarelineError as error:
                if once:
                    raise
                if not failing:
                    log.error("no work can be fetched: %s", error)
                job, failing = None, True
            if job is None:
                if once:
                    break
                self._stop.wait(IDLE)
        return count

    def _do(self, job: Job) -> bool:
        """Look at one recording; whether what came of it was kept."""
        begun, renewed = perf_counter(), self._now()

        def alive() -> None:
            nonlocal renewed
            if self._stop.is_set():
                raise _Stopped
            if (now := self._now()) - renewed >= RENEWED:
                if not self._database.work.renew(job, now, LEASE):
                    raise _Lost
                renewed = now

        try:
            recording = self._database.recordings.get(job.recording)
            if recording.state != "kept":
                self._database.work.drop(job)
                return False
            review = self._reviewer.review(recording, alive)
            kept = self._database.reviews.keep(review, job)
        except _Stopped:
            self._database.work.give_back(job, self._now())
            return False
        except _Lost:
            kept = False
        except Exception as error:  # a bug at one recording must not keep the others waiting
            if not isinstance(error, CarelineError | OSError):
                log.exception("%s could not be looked at", job.recording)
            log.error("%s, attempt %d: %s", job.recording, job.attempt, error)
            self._database.work.put_off(job, self._now(), f"{error}" or type(error).__name__)
            return False
        if not kept:
            log.warning("%s is gone, or took so long that another has it", job.recording)
            return False
        took = perf_counter() - begun
        log.info(
            "%s: %.0f s of talk in %.1f s, %d findings",
            job.recording, recording.seconds, took, len(review.findings),
        )  # fmt: skip
        return True
