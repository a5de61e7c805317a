"""Pytest's way to the rig: import these fixtures in a conftest.py."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ivr.errors import SwitchNotUsable
from ivr.switch import install
from ivr.switch.install import Asterisk
from tests.rig.rig import Rig, Switches, running_switches, sweep

CHECKOUT = Path(__file__).parents[2]
_PREFIX = "careline-rig"


@pytest.fixture(scope="session")
def asterisk() -> Asterisk:
    """The Asterisk of this machine, installed under the checkout's var/ if there is none."""
    try:
        return install.install(CHECKOUT, print)
    except SwitchNotUsable as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"No Asterisk to test with: {reason}")


@pytest.fixture(scope="session")
def switches(asterisk: Asterisk) -> Iterator[Switches]:
    """A hotline's switch and a carrier's, started once for all tests."""
    # Not pytest's own folder: the path of a Unix socket in it would be too long.
    parent = Path(tempfile.gettempdir())
    sweep(parent, _PREFIX, asterisk)
    folder = parent / f"{_PREFIX}-{os.getpid()}"
    try:
        with running_switches(asterisk, folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def rig(switches: Switches) -> AsyncIterator[Rig]:
    """Both switches with a driver; every test begins without calls, agents' phones and engine."""
    async with Rig.over(switches) as driven:
        yield driven
