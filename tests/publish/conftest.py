"""Supervisors and their folders; every hotline is tried on SQLite and on PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.store import Database
from tests.publish.supervisor import Supervisor
from tests.store.conftest import database, postgres_server, url

__all__ = ["database", "hire", "postgres_server", "url"]

Hire = Callable[[str], Supervisor]


@pytest.fixture
def hire(tmp_path: Path, database: Database) -> Hire:
    """A supervisor by name, with a folder that holds the small hotline."""
    return lambda name: Supervisor(name, tmp_path / name / "flows", database.versions)
