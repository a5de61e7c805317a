"""Which version do new calls get? Keeps a running engine in step with what is published."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ivr.errors import BadInput, CarelineError, StoreError
from ivr.flow.hotline import Hotline
from ivr.flow.load import check
from ivr.flow.problem import BrokenFlow, errors
from ivr.flow.rules import LIMITS, PATHS
from ivr.lookout import Lookout
from ivr.store.versions import Versions

log = logging.getLogger(__name__)

EVERY = 0.4  # seconds between two looks at the store, where `careline publish` puts versions


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of the flows, loaded."""

    number: int
    hotline: Hotline


def fetch(versions: Versions, number: int, folder: Path, now: datetime) -> Edition:
    """Load a version as it was published; its files lie in `folder`/<number> from then on.

    Takes its time, and more than the flows themselves: the calendars behind the opening hours are
    loaded too, so that no caller waits for them. Raises `BrokenFlow`, `NotFound` and `StoreError`.

    What was published once is served, also where a newer Careline judges paths and limits more
    strictly: only what cannot be read, or leads to what is not there, is refused.
    """
    files = versions.files(number)
    place = folder / str(number)
    try:
        files.write(place)
    except OSError as error:
        raise StoreError(f"{place} cannot be written: {error.strerror}.") from error
    checked = check(place)
    judged = [problem for problem in errors(checked.problems) if problem.rule in PATHS | LIMITS]
    fatal = [problem for problem in errors(checked.problems) if problem not in judged]
    if fatal or checked.inspection is None:
        raise BrokenFlow(fatal)
    if judged:
        what = "version %d of the flows has %d problem(s) by today's rules; see `careline check`"
        log.warning(what, number, len(judged))
    hotline = checked.inspection.hotline
    for hours in hotline.center.hours:
        hotline.center.is_open(hours, now)
    return Edition(number, hotline)


def newest(versions: Versions, live: int, folder: Path, now: datetime) -> Edition:
    """The live version, or the newest before it that this engine can load.

    An engine that runs refuses a version it cannot load and goes on with the one it has; one that
    starts does the same. Raises `BrokenFlow` when no version can be loaded.
    """
    problem: BadInput | None = None
    for number in range(live, 0, -1):
        try:
            return fetch(versions, number, folder, now)
        except BadInput as broken:
            problem = problem or broken
            log.error("%s", refusal(number, broken))
    assert problem is not None
    raise problem


def refusal(number: int, error: CarelineError) -> str:
    """Why a version is not taken, in one line."""
    if isinstance(error, BrokenFlow):
        first, more = error.problems[0], len(error.problems) - 1
        rest = f" and {more} more" if more else ""
        return f"version {number} of the flows is refused: {first.spot}: {first.message}{rest}"
    return f"version {number} of the flows is refused: {' '.join(str(error).split())}"


class Live:
    """The version new calls get.

    When another one is taken, `changed` is awaited with the one before and the new one.
    """

    def __init__(
        self,
        versions: Versions,
        folder: Path,
        edition: Edition,
        changed: Callable[[Edition, Edition], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        self.edition = edition
        self._versions = versions
        self._folder = folder
        self._changed = changed
        self._now = now
        self._seen = edition.number  # also of versions that were refused: each is tried once
        self._lookout = Lookout("a newer version of the flows", self._look, EVERY)

    def open(self) -> None:
        """Begin to look for newer versions."""
        self._lookout.open()

    async def close(self) -> None:
        """Stop looking."""
        await self._lookout.close()

    async def _look(self) -> None:
        number = await asyncio.to_thread(self._versions.latest)
        if number is not None and number != self._seen:
            await self._take(number)

    async def _take(self, number: int) -> None:
        seen, self._seen = self._seen, number
        fetched = asyncio.to_thread(fetch, self._versions, number, self._folder, self._now())
        try:
            edition = await fetched
        except StoreError:
            self._seen = seen  # to be tried again
            raise
        except BadInput as error:
            log.error("%s; version %d goes on serving", refusal(number, error), self.edition.number)
            return
        before, self.edition = self.edition, edition
        log.info("version %d of the flows is live for new calls", number)
        await self._changed(before, edition)
