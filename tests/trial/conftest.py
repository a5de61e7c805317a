"""A small hotline of a test's own, in a folder it may write into."""

from pathlib import Path

import pytest

from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from tests.trial import house


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The flow files of a hotline with a menu, a queue and a goodbye."""
    return house.build(tmp_path / "flows")


@pytest.fixture
def hotline(folder: Path) -> Hotline:
    """That hotline, loaded."""
    return load(folder)
