"""Which other calls were taken while a call waited?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from ivr.store.connections import Connections
from ivr.store.tables import call_events, calls
from ivr.why.waits import Rival, waited_before

LONGEST_CALL = timedelta(hours=4)
"""Calls that began longer before are not looked for: they are talking since, or a machine's."""
MOST = 500


class Rivals:
    """The calls beside a call."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def taken(self, call_id: str, since: datetime, until: datetime) -> Sequence[Rival]:
        """The calls, but for `call_id`, that an agent took from `since` to before `until` (aware),
        the first taken first; at most 500. Each with the last wait it had begun before that.
        """
        waits, joins = call_events.alias("waits"), call_events.alias("joins")
        query = (
            sa.select(
                calls.c.call_id,
                waits.c.at.label("since"),
                waits.c.data.label("terms"),
                joins.c.at.label("taken"),
                joins.c.data.label("talk"),
            )
            .join(joins, (joins.c.call_id == calls.c.call_id) & (joins.c.kind == "joined"))
            .join(waits, (waits.c.call_id == calls.c.call_id) & (waits.c.kind == "waiting"))
            .where(
                calls.c.call_id != call_id,
                calls.c.started >= since - LONGEST_CALL,
                calls.c.started < until,
                joins.c.at >= since,
                joins.c.at < until,
                waits.c.seq < joins.c.seq,
            )
            .order_by(joins.c.at, waits.c.seq)
            .limit(MOST)
        )
        found: dict[tuple[str, datetime], Rival] = {}
        with self._connections.reading() as connection:
            for row in connection.execute(query).mappings():
                if "agent" not in row["talk"]:
                    continue  # put through to an outside number: no agent was taken away
                head_start = float(row["terms"].get("head_start") or 0)
                found[row["call_id"], row["taken"]] = Rival(
                    row["call_id"],
                    row["since"] - waited_before(row["terms"]),
                    head_start,
                    row["talk"]["agent"],
                    row["taken"],
                    str(row["terms"].get("queue") or ""),
                )
        return tuple(found.values())
