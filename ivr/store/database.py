"""The database: opened, brought up to date, and closed."""

from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ivr.errors import StoreError
from ivr.store.agent_states import AgentStates
from ivr.store.agents import Agents
from ivr.store.audit import Audit
from ivr.store.callbacks import Callbacks
from ivr.store.callers import Callers
from ivr.store.calls import Calls
from ivr.store.closures import Closures
from ivr.store.connections import Connections
from ivr.store.messages import Messages
from ivr.store.recordings import Recordings
from ivr.store.reports import Reports
from ivr.store.reviews import Reviews
from ivr.store.rivals import Rivals
from ivr.store.tables import HEAD
from ivr.store.under_way import CallsUnderWay
from ivr.store.versions import Versions
from ivr.store.work import Work

if TYPE_CHECKING:
    from alembic.config import Config


class Database:
    """Callers, agents, calls and flow versions. Every method may be used from any thread and blocks.

    Close it, or use it in a `with`.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.callers = Callers(connections)
        self.agents = Agents(connections)
        self.agent_states = AgentStates(connections)
        self.calls = Calls(connections)
        self.under_way = CallsUnderWay(connections)
        self.messages = Messages(connections)
        self.callbacks = Callbacks(connections)
        self.closures = Closures(connections)
        self.rivals = Rivals(connections)
        self.reports = Reports(connections, self.agent_states)
        self.versions = Versions(connections)
        self.recordings = Recordings(connections)
        self.work = Work(connections)
        self.reviews = Reviews(connections)
        self.audit = Audit(connections)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database at `url`, making or migrating its tables where needed.

        Raises BadInput for an address that cannot be read, StoreError when the database cannot be
        used or was made by a newer Careline.
        """
        with ExitStack() as on_failure:
            connections = Connections(url)
            on_failure.callback(connections.close)
            _bring_up_to_date(connections)
            on_failure.pop_all()
        return cls(connections)

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def revision(url: str) -> str | None:
    """The version of the tables at `url`; None where there are none."""
    with ExitStack() as stack:
        connections = Connections(url)
        stack.callback(connections.close)
        with connections.reading() as connection:
            return _version(connection)


def knows(tables: str) -> bool:
    """Whether tables of this version can be used, perhaps after migrations."""
    # Imported here for the same reason as below.
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        return ScriptDirectory.from_config(_config()).get_revision(tables) is not None
    except CommandError:
        return False


def _bring_up_to_date(connections: Connections) -> None:
    with connections.reading() as connection:
        if _version(connection) == HEAD:
            return
    with connections.writing(one_at_a_time=True) as connection:
        # Another process may have done it while this one waited for its turn.
        if _version(connection) != HEAD:
            _migrate(connection)


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "ivr.store:migrations")
    return config


def _migrate(connection: sa.Connection) -> None:
    # Imported here because most openings find nothing to migrate and Alembic takes its time.
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"The database is at version {_version(connection)}, which this Careline does not "
            "know; it was made by a newer one. Install that one, or use another database."
        ) from error
    except DBAPIError as error:
        raise StoreError(f"The database could not be brought to version {HEAD}.") from error
