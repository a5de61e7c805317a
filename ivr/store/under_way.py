"""Which calls were under way, and where in their flows, when somebody last looked?

Kept for an engine that goes on where another one died. Nothing secret is ever in it.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from ivr.record import UnderWay
from ivr.store.connections import Connections, clean
from ivr.store.tables import calls, calls_under_way


class CallsUnderWay:
    """Where each call that has not ended is; the newest state of a call replaces the one before."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def keep(self, states: Sequence[UnderWay]) -> None:
        """Keep where these calls are. Of a caller who was forgotten meanwhile nothing is kept."""
        if not states:
            return
        ids = [clean(one.call_id) for one in states]
        query = sa.select(calls.c.call_id).where(calls.c.call_id.in_(ids), calls.c.forgotten)
        with self._connections.writing() as connection:
            forgotten = set(connection.scalars(query))
            rows = [
                {"call_id": clean(one.call_id), "at": one.at, "state": clean(dict(one.state))}
                for one in states
                if clean(one.call_id) not in forgotten
            ]
            if rows:
                connection.execute(self._connections.upsert(calls_under_way), rows)

    def over(self, call_ids: Sequence[str]) -> None:
        """These calls have ended, or belong to nobody any more."""
        if not call_ids:
            return
        ended = calls_under_way.c.call_id.in_([clean(one) for one in call_ids])
        with self._connections.writing() as connection:
            connection.execute(sa.delete(calls_under_way).where(ended))

    def list(self) -> Sequence[UnderWay]:
        """All calls under way, the one seen longest ago first."""
        query = sa.select(calls_under_way).order_by(calls_under_way.c.at)
        with self._connections.reading() as connection:
            return [UnderWay(**row) for row in connection.execute(query).mappings()]
