"""Which agents does the hotline have?"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ivr.agent import AgentAccount
from ivr.errors import BadInput, NotFound
from ivr.store.connections import Connections, clean
from ivr.store.tables import agents


class Agents:
    """The agents' accounts."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, account: AgentAccount) -> None:
        """Keep a new agent. Raises BadInput when there is one of that name."""
        with self._connections.writing() as connection:
            insert = self._connections.insert_new(agents).returning(agents.c.name)
            if connection.scalar(insert, _row(account)) is None:
                raise BadInput(
                    f"There is an agent named {account.name} already; choose another name."
                )

    def list(self) -> Sequence[AgentAccount]:
        """Every agent, by name."""
        with self._connections.reading() as connection:
            rows = connection.execute(sa.select(agents).order_by(agents.c.name)).mappings()
            return [AgentAccount(**row) for row in rows]

    def get(self, name: str) -> AgentAccount:
        """The agent of that name. Raises NotFound."""
        with self._connections.reading() as connection:
            query = sa.select(agents).where(agents.c.name == clean(name))
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(_nobody(name))
        return AgentAccount(**row)

    def save(self, account: AgentAccount) -> None:
        """Keep an agent as given now. Raises NotFound when there is none of that name."""
        with self._connections.writing() as connection:
            query = sa.update(agents).where(agents.c.name == account.name).values(**_row(account))
            if connection.execute(query).rowcount == 0:
                raise NotFound(_nobody(account.name))

    def remove(self, name: str) -> None:
        """Drop an agent; calls keep the name of who answered. Raises NotFound."""
        with self._connections.writing() as connection:
            query = sa.delete(agents).where(agents.c.name == clean(name))
            if connection.execute(query).rowcount == 0:
                raise NotFound(_nobody(name))


def _row(account: AgentAccount) -> dict[str, Any]:
    return {
        "name": account.name,
        "display": clean(account.display),
        "language": clean(account.language),
        "skills": clean(account.skills),
        "phone_secret": account.phone_secret,
        "logged_in": account.logged_in,
        "paused": clean(account.paused),
    }


def _nobody(name: str) -> str:
    return f"There is no agent named {name[:40]!r}; `careline agents list` has them."
