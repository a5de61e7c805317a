"""Careline itself against the rig's switches: a hotline in a folder of its own, ready to answer."""

import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr import resources
from ivr.agent import AgentAccount
from ivr.app import App
from ivr.caller import Profile
from ivr.running import running
from ivr.settings import Settings
from ivr.store.database import Database
from tests.rig.rig import Rig, Switches

CHECKOUT = Path(__file__).parents[2]

# A Wednesday that is no holiday, at ten in the morning: the hotline's office is open.
OPEN = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def clock(begins: datetime) -> Callable[[], datetime]:
    """A clock that says `begins` now and runs on from there."""
    ahead = begins.astimezone(UTC) - datetime.now(UTC)
    return lambda: datetime.now(UTC) + ahead


def settings_for(
    switches: Switches, flows: Path | None = None, *, speech: bool = False
) -> Settings:
    """Settings of a hotline in the rig's home, with a fresh database and the flows given."""
    target = switches.home / "flows"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(flows or resources.flows(), target)
    prompts = switches.home / "var" / "prompts"
    if not prompts.exists():  # what was spoken once need not be spoken again
        (CHECKOUT / "var" / "prompts").mkdir(parents=True, exist_ok=True)
        prompts.parent.mkdir(parents=True, exist_ok=True)
        prompts.symlink_to(CHECKOUT / "var" / "prompts")
    for left in (switches.home / "var").glob("careline.db*"):
        left.unlink()
    return Settings(home=switches.home, ami_port=switches.ami_port, speech=speech)


@asynccontextmanager
async def engine(
    rig: Rig,
    agents: Sequence[AgentAccount],
    callers: Sequence[Profile] = (),
    *,
    begins: datetime = OPEN,
    flows: Path | None = None,
    speech: bool = False,
) -> AsyncIterator[App]:
    """Careline answering the rig's hotline, with these agents at their phones.

    It listens to what callers say only with `speech`: models take a while to load.
    """
    settings = settings_for(rig.switches, flows, speech=speech)
    with Database.open(settings.url) as database:
        for agent in agents:
            kept = replace(agent, phone_secret=f"secret-of-{agent.name}", logged_in=True)
            database.agents.add(kept)
        for profile in callers:
            database.callers.save(profile)
    await rig.staff(agents)
    async with running(settings, clock(begins)) as app:
        yield app
