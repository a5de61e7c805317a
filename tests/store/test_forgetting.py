"""A person who is forgotten is nowhere any more, and the statistics still add up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from ivr.caller import Profile
from ivr.record import CallEvent, CallSummary
from ivr.store import Database
from ivr.store.callers import ForgetReport
from ivr.store.connections import Connections
from ivr.store.personal import STATISTICS, erase
from ivr.store.tables import metadata

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
WANG = Profile("+8613800138000", name="王秀英", notes="Wohnt in der Gartenstrasse")
CALL = CallSummary(
    call_id="c1",
    started=NOON,
    number=WANG.number,
    masked="•••• 8000",
    name=WANG.name,
    age=76,
    language="zh",
    ended=NOON + timedelta(seconds=90),
    outcome="answered",
    agent="ana",
    queue="senior",
    waited_s=4.0,
    talked_s=80.0,
    hung_up_by="caller",
    reason="王秀英 is aged 76",
)
EVENTS = [
    CallEvent("c1", 0, NOON, "arrived", {"dialled": "95588"}),
    CallEvent("c1", 1, NOON, "said", {"prompt": "hello", "language": "zh", "text": "王秀英 您好"}),
    CallEvent("c1", 2, NOON, "heard", {"keys": "62284801"}),
    CallEvent("c1", 3, NOON, "set", {"name": "card", "value": "62284801"}),
    CallEvent("c1", 4, NOON, "weather_asked", {"town": "Gartenstrasse"}),
    CallEvent("c1", 5, NOON, "ended", {"outcome": "answered", "by": "caller"}),
]
TRACES = ("13800138000", "8000", "王秀英", "Gartenstrasse", "62284801")


def remember(database: Database) -> None:
    database.callers.save(WANG)
    database.calls.finish(CALL)
    database.calls.append(EVENTS)


def everything(url: str) -> str:
    connections = Connections(url)
    with connections.reading() as connection:
        rows = [connection.execute(sa.select(t)).all() for t in metadata.sorted_tables]
    connections.close()
    return repr(rows)


def test_no_trace_of_the_person_is_left_in_any_table(database: Database, url: str) -> None:
    remember(database)
    assert all(trace in everything(url) for trace in TRACES)
    assert database.callers.forget(WANG.number) == ForgetReport(profile=True, calls=1, events=4)
    assert [trace for trace in TRACES if trace in everything(url)] == []


def test_no_trace_is_left_in_the_file_either(tmp_path: Path) -> None:
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as database:
        remember(database)
        database.callers.forget(WANG.number)
        left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [trace for trace in TRACES if trace.encode() in left] == []


def test_the_statistics_stay(database: Database) -> None:
    remember(database)
    database.callers.forget(WANG.number)
    record = database.calls.show("c1")
    assert record.summary == replace(CALL, number=None, masked="", name="", reason="")
    assert [kept.data for kept in record.events] == [
        {"dialled": "95588"},
        {"prompt": "hello", "language": "zh", "erased": True},
        {"erased": True},
        {"name": "card", "erased": True},
        {"erased": True},
        {"outcome": "answered", "by": "caller"},
    ]


def test_others_are_not_touched(database: Database) -> None:
    lars = Profile("+4532123456", name="Lars")
    theirs = replace(CALL, call_id="c2", number=lars.number, name="Lars")
    heard = CallEvent("c2", 0, NOON, "heard", {"keys": "1"})
    remember(database)
    database.callers.save(lars)
    database.calls.finish(theirs)
    database.calls.append([heard])
    database.callers.forget(WANG.number)
    assert database.callers.find(lars.number) == lars
    record = database.calls.show("c2")
    assert (record.summary, record.events) == (theirs, (heard,))


def test_a_call_still_going_on_stays_forgotten_when_it_ends(database: Database, url: str) -> None:
    database.callers.save(WANG)
    database.calls.start(replace(CALL, ended=None))
    database.callers.forget(WANG.number)
    database.calls.append(EVENTS)
    database.calls.finish(CALL)
    assert [trace for trace in TRACES if trace in everything(url)] == []
    assert database.calls.show("c1").summary.outcome == "answered"


def test_forgetting_twice_or_a_stranger_erases_nothing(database: Database) -> None:
    remember(database)
    database.callers.forget(WANG.number)
    nothing = ForgetReport(profile=False, calls=0, events=0)
    assert database.callers.forget(WANG.number) == nothing
    assert database.callers.forget("+4532123456") == nothing


def test_a_person_who_calls_again_is_a_stranger_with_a_record_of_their_own(
    database: Database,
) -> None:
    remember(database)
    database.callers.forget(WANG.number)
    again = replace(CALL, call_id="c9", name="")
    database.calls.finish(again)
    assert database.calls.show("c9").summary == again


def test_thousands_of_calls_are_forgotten_at_once(database: Database) -> None:
    database.callers.save(WANG)
    for number in range(1_100):
        call_id = f"c{number}"
        database.calls.start(replace(CALL, call_id=call_id))
    keyed = [CallEvent(f"c{n}", 0, NOON, "heard", {"keys": "62284801"}) for n in range(1_100)]
    database.calls.append(keyed)
    assert database.callers.forget(WANG.number) == ForgetReport(True, 1_100, 1_100)


def test_no_kind_of_event_keeps_what_was_keyed_said_or_set() -> None:
    personal = {"keys", "text", "value", "number", "reason", "sentences", "masked"}
    for kind, kept in STATISTICS.items():
        assert personal.isdisjoint(kept), kind
        assert erase(kind, dict.fromkeys(personal, "x")) == {"erased": True}
