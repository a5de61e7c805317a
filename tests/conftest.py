"""What all tests share: one pair of switches for the whole run, started when first wanted."""

import logging
import os
from collections.abc import Iterator

# A width that the test runner was given would be fixed in the console when it is first imported.
os.environ.pop("COLUMNS", None)

import pytest
from hypothesis import settings

from tests.rig.fixtures import asterisk, rig, switches

# A machine that is busy makes an example slow, not wrong. What CI says depends on the change alone:
# new examples are looked for wherever else the tests run.
settings.register_profile(
    "careline", deadline=None, max_examples=60, derandomize="CI" in os.environ
)
settings.load_profile("careline")

__all__ = ["asterisk", "log_as_before", "rig", "switches"]


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Take back how a command that a test ran had the program log."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = [one for one in root.handlers if one in handlers]
    root.setLevel(level)


WITH_CALLS = {"faults", "hotline", "line", "switch"}
"""The folders that `make calls` names; the others need not be read for it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real calls run in real time; on a busy machine one that fails is tried again, and told of."""
    for item in items:
        if item.get_closest_marker("switch") is not None:
            if not WITH_CALLS & set(item.path.parts):
                raise pytest.UsageError(f"{item.nodeid} is not where `make calls` looks for calls.")
            item.add_marker(pytest.mark.flaky(reruns=2))
