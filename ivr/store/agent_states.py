"""What did the agents do, and from when to when?"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from ivr.store.connections import Connections, clean
from ivr.store.tables import agent_states

AgentDoes = Literal["away", "ready", "talking", "wrap_up", "paused"]
LONGEST_SHIFT = timedelta(hours=24)
"""How long before a period is looked for what agents were doing when it began."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """From `at` (aware) on `agent` does this, until the agent's next change."""

    agent: str
    at: datetime
    state: AgentDoes
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """An agent did one thing from `begins` to `ends` (aware)."""

    agent: str
    state: AgentDoes
    begins: datetime
    ends: datetime

    @property
    def seconds(self) -> float:
        """How long."""
        return (self.ends - self.begins).total_seconds()


class AgentStates:
    """The changes of all agents' states, in the order they were seen."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def append(self, changes: Sequence[StateChange]) -> None:
        """Keep changes."""
        if changes:
            with self._connections.writing() as connection:
                rows = [{**asdict(one), "reason": clean(one.reason)} for one in changes]
                connection.execute(sa.insert(agent_states), rows)

    def close_all(self) -> None:
        """Say of everybody who is not away that they went when the last change of all was seen.

        For an engine that begins: nobody saw what happened while there was none.
        """
        latest = sa.select(sa.func.max(agent_states.c.position)).group_by(agent_states.c.agent)
        query = sa.select(agent_states.c.agent).where(
            agent_states.c.position.in_(latest), agent_states.c.state != "away"
        )
        with self._connections.writing() as connection:
            last = connection.scalar(sa.select(sa.func.max(agent_states.c.at)))
            rows = [
                {"agent": agent, "at": last, "state": "away", "reason": None}
                for agent in connection.scalars(query)
            ]
            if rows:
                connection.execute(sa.insert(agent_states), rows)

    def spans(self, since: datetime, until: datetime) -> Iterator[Span]:
        """What every agent did from `since` to `until` (aware), cut at both ends, agent by agent.

        Time away is left out. A state that is not over yet lasts until `until`.
        """
        query = sa.select(agent_states).where(
            agent_states.c.at >= since - LONGEST_SHIFT, agent_states.c.at < until
        )
        ordered = query.order_by(agent_states.c.agent, agent_states.c.at, agent_states.c.position)
        with self._connections.reading() as connection:
            rows = connection.execute(ordered).mappings().all()
        for row, following in zip(rows, [*rows[1:], None], strict=True):
            same = following is not None and following["agent"] == row["agent"]
            ends = min(following["at"], until) if same and following is not None else until
            begins = max(row["at"], since)
            if row["state"] != "away" and ends > begins:
                yield Span(row["agent"], row["state"], begins, ends)
