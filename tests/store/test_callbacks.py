"""Who is to be called back is in the store, and nobody is there who was forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.errors import NotFound
from ivr.record import Callback, CallSummary
from ivr.store.database import Database
from routing.skills import Need

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
ANN = "+8613955500001"
NEED = Need(
    {"zh": 1}, ((Need({"cards": 2}), Need({"ja": 1})),), (Need({"trainee": 1}),), {"vip": 3}
)


def asked(number: str = ANN, call_id: str = "call-1") -> Callback:
    return Callback(
        call_id=call_id,
        number=number,
        language="zh",
        age=71,
        queue="general",
        stages=((0.0, NEED), (60.0, Need())),
        head_start=120.0,
        since=NOON - timedelta(minutes=3),
        asked=NOON,
        shows="95588",
    )


@pytest.fixture
def database() -> Database:
    return Database.open("sqlite://")


def test_a_callback_comes_back_as_it_was_kept(database: Database) -> None:
    number = database.callbacks.add(asked())
    assert number == 1
    [found] = database.callbacks.list()
    assert found.stages == asked().stages
    assert (found.number, found.since, found.state) == (ANN, asked().since, "waiting")


def test_who_was_not_reached_is_kept_with_the_tries(database: Database) -> None:
    database.callbacks.add(asked())
    later = NOON + timedelta(minutes=15)
    database.callbacks.tried(1, 2, later)
    found = database.callbacks.get(1)
    assert (found.tried, found.not_before) == (2, later)


def test_what_has_ended_ends_once(database: Database) -> None:
    database.callbacks.add(asked())
    assert database.callbacks.end(1, "served", NOON)
    assert not database.callbacks.end(1, "cancelled", NOON)
    assert database.callbacks.list() == []
    [found] = database.callbacks.list(all_of_them=True)
    assert (found.state, found.ended) == ("served", NOON)


def test_who_is_forgotten_is_not_called_back(database: Database) -> None:
    database.callbacks.add(asked())
    database.callbacks.add(asked("+8613955500002", "call-2"))
    database.callers.forget(ANN)
    [left] = database.callbacks.list()
    assert left.number == "+8613955500002"
    gone = database.callbacks.get(1)
    assert (gone.number, gone.state) == (None, "forgotten")


def test_nothing_is_kept_of_a_call_whose_caller_was_forgotten_meanwhile(
    database: Database,
) -> None:
    database.calls.start(CallSummary(call_id="call-1", started=NOON, number=ANN))
    database.callers.forget(ANN)
    assert database.callbacks.add(asked()) is None
    assert database.callbacks.list(all_of_them=True) == []


def test_there_is_no_callback_zero(database: Database) -> None:
    with pytest.raises(NotFound, match="There is no callback 0"):
        database.callbacks.get(0)
