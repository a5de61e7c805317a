"""A database for each test, copied from one that was made once: making the tables takes its time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.store import Database


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, closed."""
    file = tmp_path_factory.mktemp("made") / "careline.db"
    Database.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def url(made: Path, tmp_path: Path) -> str:
    """The address of an empty database."""
    file = tmp_path / "var" / "careline.db"
    file.parent.mkdir()
    shutil.copyfile(made, file)
    return f"sqlite:///{file}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An open, empty database."""
    with Database.open(url) as opened:
        yield opened
