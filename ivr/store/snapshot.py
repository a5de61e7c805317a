"""How is a whole database copied while it is in use, and put back?

SQLite copies itself (`VACUUM INTO`): one moment of it, whoever writes meanwhile. PostgreSQL's own
pg_dump and pg_restore do the same; they must be installed where this runs.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from ivr.errors import CarelineError, StoreError
from ivr.store.connections import understand

NAMES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
"""What a copy is called in a backup, by the kind of database."""


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def kind(url: str) -> str:
    """The kind of the database at `url`: "sqlite" or "postgresql". Raises BadInput for any other."""
    return understand(url).get_backend_name()


def save(url: str, into: Path) -> None:
    """Copy the database to the new file `into`. Raises StoreError."""
    address = make_url(url)
    if kind(url) == "sqlite":
        try:
            with closing(sqlite3.connect(f"file:{address.database}?mode=ro", uri=True)) as database:
                database.execute("VACUUM INTO ?", (str(into),))
        except sqlite3.Error as error:
            raise StoreError(f"The database could not be copied: {error}.") from error
        return
    _run(address, ["pg_dump", "--format=custom", "--no-owner", "--file", str(into)])


def load(url: str, copy: Path) -> None:
    """Put a copy in the place of the database, all of it or nothing. Raises StoreError.

    Nothing may use the database meanwhile.
    """
    address = make_url(url)
    if kind(url) == "sqlite":
        target = Path(str(address.database))
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.part")
        try:
            with (
                copy.open("rb") as source,
                os.fdopen(os.open(aside, _NEW, 0o600), "wb") as out,
            ):
                shutil.copyfileobj(source, out)
        except OSError as error:
            with suppress(OSError):
                aside.unlink()
            raise StoreError(f"The database could not be put back: {error.strerror}.") from error
        for log in ("-wal", "-shm"):  # of the database that was; it would be played onto this one
            target.with_name(target.name + log).unlink(missing_ok=True)
        aside.replace(target)
        return
    once = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
    _run(address, ["pg_restore", *once, str(copy)])


def _run(address: URL, words: list[str]) -> None:
    # The password is no argument: everybody on the machine sees those.
    password = {"PGPASSWORD": str(address.password)} if address.password else {}
    plain = address.set(drivername="postgresql", password=None).render_as_string()
    words = [*words[:1], "--dbname", plain, *words[1:]]
    environment = os.environ | password
    try:
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CarelineError(
            f"{words[0]} is not installed; on Debian it is in the package postgresql-client."
        ) from None
    if done.returncode:
        first = next(iter(done.stderr.strip().splitlines()), "no reason given")
        raise StoreError(f"{words[0]} failed: {first}")
