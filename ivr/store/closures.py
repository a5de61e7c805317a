"""Is the whole hotline closed by hand, since when, by whom, and what do callers hear?"""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from ivr.store.connections import Connections, clean
from ivr.store.tables import closures


@dataclass(frozen=True, slots=True)
class Closure:
    """Somebody closed the hotline, or (`closed` False) opened it again, at `at` (aware).

    Callers hear the prompt named, or the sound file `recording` (its path).
    """

    at: datetime
    who: str
    closed: bool = True
    prompt: str | None = None
    recording: str | None = None


class Closures:
    """What was closed and opened, one after the other; the newest one holds."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, closure: Closure) -> None:
        """Close or open the hotline. A running engine looks every half second."""
        with self._connections.writing() as connection:
            row = {name: clean(value) if isinstance(value, str) else value
                   for name, value in asdict(closure).items()}  # fmt: skip
            connection.execute(sa.insert(closures), row)

    def current(self) -> Closure | None:
        """The closure in force; None while the hotline is open."""
        query = sa.select(closures).order_by(closures.c.position.desc()).limit(1)
        with self._connections.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or not row["closed"]:
            return None
        return Closure(row["at"], row["who"], True, row["prompt"], row["recording"])
