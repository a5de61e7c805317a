"""Who is to be rung back, and what came of it?"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.errors import NotFound
from ivr.record import Callback, CallbackState
from ivr.store.connections import Connections, clean
from ivr.store.tables import callbacks, calls
from routing.skills import Need

_LARGEST = 2**31 - 1


class Callbacks:
    """The callbacks of one hotline."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, callback: Callback) -> int | None:
        """Keep a callback; its id. None, and nothing kept, if its caller was forgotten meanwhile."""
        row = {
            field.name: clean(value) if isinstance(value, str) else value
            for field in fields(callback)
            if field.name != "id"
            for value in [getattr(callback, field.name)]
        }
        row["stages"] = [[after, _plain(need)] for after, need in callback.stages]
        with self._connections.writing() as connection:
            query = sa.select(calls.c.forgotten).where(calls.c.call_id == row["call_id"])
            if connection.scalar(query):
                return None
            key = connection.execute(sa.insert(callbacks), row).inserted_primary_key
        return None if key is None else int(key[0])

    def list(self, *, all_of_them: bool = False) -> Sequence[Callback]:
        """Those who are still to be rung back, in the order in which they asked; or all there were."""
        query = sa.select(callbacks).order_by(callbacks.c.id)
        if not all_of_them:
            query = query.where(callbacks.c.state == "waiting")
        with self._connections.reading() as connection:
            return [_callback(row) for row in connection.execute(query).mappings()]

    def get(self, number: int) -> Callback:
        """The callback with this id. Raises NotFound."""
        storable = number if 0 < number <= _LARGEST else 0
        query = sa.select(callbacks).where(callbacks.c.id == storable)
        with self._connections.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"There is no callback {number}; `careline callbacks list` has them.")
        return _callback(row)

    def tried(self, number: int, tried: int, not_before: datetime) -> None:
        """They have been rung `tried` times in vain, and are not to be before a moment (aware)."""
        self._change(number, {"tried": tried, "not_before": not_before})

    def end(self, number: int, state: CallbackState, at: datetime) -> bool:
        """They are not to be rung any more, for a reason; False if that was so already."""
        return self._change(number, {"state": state, "ended": at})

    def _change(self, number: int, values: Mapping[str, Any]) -> bool:
        waiting = (callbacks.c.id == number) & (callbacks.c.state == "waiting")
        with self._connections.writing() as connection:
            changed = connection.execute(sa.update(callbacks).where(waiting).values(**values))
            return changed.rowcount > 0


def _callback(row: sa.RowMapping) -> Callback:
    stages = tuple((float(after), _need(plain)) for after, plain in row["stages"])
    return Callback(**{**row, "stages": stages})


def _plain(need: Need) -> dict[str, Any]:
    return {
        "skills": dict(need.skills),
        "any_of": [[_plain(one) for one in group] for group in need.any_of],
        "none_of": [_plain(one) for one in need.none_of],
        "prefer": dict(need.prefer),
    }


def _need(plain: Mapping[str, Any]) -> Need:
    return Need(
        plain["skills"],
        tuple(tuple(_need(one) for one in group) for group in plain["any_of"]),
        tuple(_need(one) for one in plain["none_of"]),
        plain["prefer"],
    )
