"""The hotline of each module: its agents, its callers, and a day on which all its stories happen."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.hotline.day import Day, listening
from tests.hotline.flows import lively
from tests.hotline.story import stories_of
from tests.rig.engine import engine
from tests.rig.rig import Rig, Switches


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(
    request: pytest.FixtureRequest, switches: Switches, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Day]:
    """A day of the module: with its AGENTS, and its CALLERS, PHONES and FLOWS if it has any.

    At most AT_ONCE stories happen at the same time, if it says so; with SPEECH callers are
    understood who speak. At its end nothing must have gone wrong behind the scenes but for
    EXPECTED_ERRORS.
    """
    module = request.module
    flows = getattr(module, "FLOWS", lively)(tmp_path_factory.mktemp("hotline") / "flows")
    before = len(_errors(switches))
    async with (
        Rig.over(switches) as rig,
        engine(
            rig,
            module.AGENTS,
            getattr(module, "CALLERS", ()),
            flows=flows,
            speech=getattr(module, "SPEECH", False),
        ) as app,
    ):
        await app.listening.ready()
        for name, behaviour in getattr(module, "PHONES", {}).items():
            rig.carrier.phone(name).behaviour = behaviour
        stories = stories_of(request.session.items, module)
        day = Day(app, rig, stories, getattr(module, "AT_ONCE", 100))
        with listening(day.log):
            yield day
            await day.stories.end()
    assert day.errors(getattr(module, "EXPECTED_ERRORS", "")) == []
    assert _errors(switches)[before:] == []


def _errors(switches: Switches) -> list[str]:
    # Asterisk takes it for an error when a caller gives up as it answers.
    return [
        line
        for line in switches.complaints()
        if "] ERROR[" in line and "Session already DISCONNECTED" not in line
    ]
