"""Every test of the store runs on SQLite and on PostgreSQL."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ivr.store import Database
from tests.store.postgres import NoServer, throwaway_server

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server with `{database}` in it."""
    try:
        with throwaway_server() as address:
            yield address
    except NoServer as nowhere:
        if os.environ.get("CI"):
            pytest.fail(f"{nowhere} That will not do on the machine that decides.")
        pytest.skip(str(nowhere))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each sort."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/careline.db"
    server: str = request.getfixturevalue("postgres_server")
    name = f"hotline{next(_numbers)}"
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.format(database=name)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An open, empty database."""
    with Database.open(url) as opened:
        yield opened
