"""What happens on a schedule? At night, where the hotline is, recordings and messages whose time is
over are deleted; once a week every recording's file is compared with what was kept."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from ivr.archive import Archive
from ivr.errors import CarelineError
from ivr.flow.center import Center

log = logging.getLogger(__name__)

PURGE = {"hour": 3, "minute": 30}
VERIFY = {"day_of_week": "sun", "hour": 4, "minute": 30}
GRACE = 3600
"""Seconds by which a job may be late, on a machine that slept, and is still done."""
JUMP = 3600.0
"""Seconds by which the clock may have been set since the engine began, and is still believed when it
says that a recording's time is over."""


class Jobs:
    """The schedule of one engine. `center` gives the live version's center.yaml, `steady` is a
    monotonic clock in seconds."""

    def __init__(
        self,
        archive: Archive,
        center: Callable[[], Center],
        steady: Callable[[], float] = monotonic,
    ) -> None:
        self._steady = steady
        self._set = archive.now().timestamp() - steady()
        self._archive = archive
        self._center = center
        self._scheduler = AsyncIOScheduler(timezone=center().zone)
        for work, when in ((self.purge, PURGE), (self.verify, VERIFY)):
            trigger = CronTrigger(**when, timezone=center().zone)
            self._scheduler.add_job(
                work, trigger, coalesce=True, max_instances=1, misfire_grace_time=GRACE
            )

    def open(self) -> None:
        """Begin to keep the schedule."""
        self._scheduler.start()

    def close(self) -> None:
        """Keep it no longer; a job that has begun ends with its thread."""
        self._scheduler.shutdown(wait=False)

    async def purge(self) -> None:
        """Delete the recordings and messages whose time is over, if the clock can be believed."""
        jumped = self._archive.now().timestamp() - self._steady() - self._set
        if abs(jumped) > JUMP:
            log.error(
                "the clock was set by %+.0f s since the engine began: no recording is deleted until "
                "it is right and the engine was restarted",
                jumped,
            )
            return
        try:
            count = await asyncio.to_thread(self._purge)
        except (CarelineError, OSError) as error:
            log.error("recordings whose time is over could not be deleted: %s", error)
            return
        if count:
            log.info("%d recordings and messages were deleted: their time was over", count)

    async def verify(self) -> None:
        """Compare every recording's file with what was kept."""
        try:
            found = await asyncio.to_thread(lambda: list(self._archive.verify()))
        except (CarelineError, OSError) as error:
            log.error("the recordings could not be verified: %s", error)
            return
        for one in found:
            log.error("a recording is %s: %s", one.fault, one.what)

    def _purge(self) -> int:
        kept = self._center().recordings
        over = self._archive.due(kept.keeps(), kept.keep)
        for one in over:
            self._archive.expire(one)
        return len(over)
