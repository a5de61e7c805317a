"""How does a hotline begin, and how does it end?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from ivr.app import App
from ivr.errors import BadInput
from ivr.line.asterisk import hold
from ivr.line.asterisk.ami import Ami
from ivr.publish import release
from ivr.publish.live import Edition, newest
from ivr.settings import Settings
from ivr.store.database import Database
from ivr.switch import secrets


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@asynccontextmanager
async def running(settings: Settings, now: Callable[[], datetime] = utc_now) -> AsyncIterator[App]:
    """A hotline that answers calls as long as the block lasts.

    It serves the live version, whatever lies in the folder `flows/`; only the first start of all
    publishes that folder, as version 1.

    Raises `BrokenFlow`, `StoreError`, `SwitchUnreachable` or `BadInput` where it cannot begin.
    """
    secret = secrets.engine(settings)
    if secret is None:
        raise BadInput(
            "There is no secret for the switch: run `careline switch configure`, or set "
            "CARELINE_AMI_SECRET."
        )
    settings.var.mkdir(parents=True, exist_ok=True)
    ami = Ami(settings.ami_host, settings.ami_port, settings.ami_user, secret)
    await ami.connect()
    try:
        # First of all: callers whom a dead engine left are kept until we can go on with them.
        gap = await hold.seconds_without_an_engine(ami)
        holding = asyncio.create_task(hold.keep(ami), name="hold")
        try:
            with await asyncio.to_thread(Database.open, settings.url) as database:
                edition = await asyncio.to_thread(_first_edition, settings, database, now())
                app = App(settings, edition, database, ami, now, gap)
                try:
                    await app.open()
                    holding.cancel()
                    yield app
                finally:
                    await app.close()
        finally:
            holding.cancel()
    finally:
        await ami.close()


def _first_edition(settings: Settings, database: Database, now: datetime) -> Edition:
    live = release.begin(database.versions, settings.flows, now)
    return newest(database.versions, live.number, settings.var / "flows", now)
