"""Calls are kept with every event, told again, and followed live."""

import threading
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ivr.errors import NotFound, StoreError
from ivr.record import CallEvent, CallSummary
from ivr.store import Database

NOON = datetime(2026, 11, 21, 4, 0, 0, 123456, tzinfo=UTC)
CALL = CallSummary(call_id="1763.1", started=NOON)
DONE = replace(
    CALL,
    number="+8613800138000",
    masked="•••• 8000",
    name="王秀英",
    age=76,
    language="zh",
    ended=NOON + timedelta(seconds=95.5),
    outcome="answered",
    agent="ana",
    queue="senior",
    waited_s=4.25,
    talked_s=80.0,
    hung_up_by="caller",
    reason="aged 60 or more",
)


def event(seq: int, kind: str = "silence", call: str = CALL.call_id, **data: object) -> CallEvent:
    return CallEvent(call, seq, NOON + timedelta(seconds=seq), kind, data)


def test_a_call_is_kept_from_its_beginning_and_whole_at_its_end(database: Database) -> None:
    database.calls.start(CALL)
    assert database.calls.show(CALL.call_id).summary == CALL
    database.calls.finish(DONE)
    assert database.calls.show(CALL.call_id).summary == DONE


def test_a_call_that_nobody_saw_begin_can_still_be_finished(database: Database) -> None:
    database.calls.finish(DONE)
    assert database.calls.show(CALL.call_id).summary == DONE


def test_events_come_back_in_order_with_their_data(database: Database) -> None:
    told = [
        event(0, "arrived", dialled="95588"),
        event(1, "heard", keys="1*#"),
        event(2, "offer", agent="ana", verdicts=[{"agent": "ana", "why": "中文"}]),
        event(3, "set", name="x", value={"deep": [1, 2.5, None, True, "è"]}),
    ]
    database.calls.start(CALL)
    database.calls.append(told[2:])
    database.calls.append(told[:2])
    assert list(database.calls.show(CALL.call_id).events) == told


def test_times_are_kept_in_utc_whatever_zone_they_are_told_in(database: Database) -> None:
    beijing = timezone(timedelta(hours=8))
    database.calls.start(replace(CALL, started=NOON.astimezone(beijing)))
    kept = database.calls.show(CALL.call_id).summary.started
    assert (kept, kept.utcoffset()) == (NOON, timedelta(0))


def test_appending_again_after_a_failure_doubles_nothing(database: Database) -> None:
    database.calls.start(CALL)
    database.calls.append([event(0), event(1)])
    database.calls.append([event(0), event(1), event(2)])
    assert [kept.seq for kept in database.calls.show(CALL.call_id).events] == [0, 1, 2]


def test_events_of_a_call_that_never_began_are_refused_whole(database: Database) -> None:
    database.calls.start(CALL)
    with pytest.raises(StoreError, match="refused what was to be stored"):
        database.calls.append([event(0), event(0, call="ghost")])
    assert database.calls.show(CALL.call_id).events == ()


def test_what_a_caller_keyed_is_not_in_the_traceback_of_a_failure(database: Database) -> None:
    heard = event(0, "heard", call="ghost", keys="62284801")
    with pytest.raises(StoreError) as raised:
        database.calls.append([heard])
    with_its_cause = "".join(traceback.format_exception(raised.value))
    assert "INSERT INTO call_events" in with_its_cause
    assert "62284801" not in with_its_cause


def test_appending_nothing_is_nothing(database: Database) -> None:
    database.calls.append([])
    assert database.calls.latest_position() == 0


def test_hostile_text_in_an_event_is_kept_harmlessly(database: Database) -> None:
    database.calls.start(replace(CALL, name="x\0'; DROP TABLE calls; --"))
    hostile = {"a\0": "\ud83d\0${x}\r\n", "n": float("inf"), "t": (1, {"s": NOON})}
    database.calls.append([CallEvent(CALL.call_id, 0, NOON, "set", hostile)])
    record = database.calls.show(CALL.call_id)
    assert record.summary.name == "x�'; DROP TABLE calls; --"
    assert record.events[0].data == {
        "a�": "��${x}\r\n",
        "n": "inf",
        "t": [1, {"s": str(NOON)}],
    }


def test_a_secret_that_slips_into_an_event_does_not_reach_the_disk(database: Database) -> None:
    database.calls.start(CALL)
    database.calls.append([event(0, "heard", secret=True, count=6, keys="482913", pin="482913")])
    assert database.calls.show(CALL.call_id).events[0].data == {"secret": True, "count": 6}


def test_the_list_has_the_newest_calls_first(database: Database) -> None:
    for minute in range(5):
        started = NOON + timedelta(minutes=minute)
        database.calls.start(CallSummary(call_id=f"c{minute}", started=started))
    assert [call.call_id for call in database.calls.list(limit=2)] == ["c4", "c3"]
    since = database.calls.list(since=NOON + timedelta(minutes=3))
    assert [call.call_id for call in since] == ["c4", "c3"]


@pytest.mark.parametrize("asked", ["ghost", "", "\0", "%", "\ud83d"])
def test_a_call_that_is_not_there_is_told_so(database: Database, asked: str) -> None:
    database.calls.start(CALL)
    with pytest.raises(NotFound, match="There is no call"):
        database.calls.show(asked)


def test_the_last_agent_of_a_number_is_known_for_a_while(database: Database) -> None:
    for minute, agent in enumerate(["bo", "ana", None]):
        ended = NOON + timedelta(minutes=minute)
        talk = CallSummary(call_id=f"t{minute}", started=NOON, number="+861", ended=ended)
        database.calls.finish(replace(talk, agent=agent))
    assert database.calls.last_agent("+861", NOON) == "ana"
    assert database.calls.last_agent("+861", NOON + timedelta(minutes=1)) == "ana"
    assert database.calls.last_agent("+861", NOON + timedelta(minutes=1, seconds=1)) is None
    assert database.calls.last_agent("+862", NOON) is None
    database.callers.forget("+861")
    assert database.calls.last_agent("+861", NOON) is None


def test_following_shows_each_event_once_in_the_order_it_was_stored(database: Database) -> None:
    database.calls.start(CALL)
    database.calls.start(replace(CALL, call_id="other"))
    database.calls.append([event(0)])
    begin = database.calls.latest_position()
    assert database.calls.tail(begin).events == ()
    database.calls.append([event(1), event(0, call="other"), event(2)])
    first = database.calls.tail(begin, limit=2)
    second = database.calls.tail(first.position, limit=2)
    assert list(first.events + second.events) == [event(1), event(0, call="other"), event(2)]
    assert database.calls.tail(second.position).events == ()
    assert database.calls.tail(second.position).position == second.position


def test_no_event_is_missed_while_several_engines_write(database: Database) -> None:
    for engine in range(3):
        database.calls.start(CallSummary(call_id=f"e{engine}", started=NOON))

    def write(engine: int) -> None:
        for seq in range(20):
            database.calls.append([event(seq, call=f"e{engine}")])

    writers = [threading.Thread(target=write, args=(engine,)) for engine in range(3)]
    for writer in writers:
        writer.start()
    seen: list[CallEvent] = []
    position = 0
    while len(seen) < 60:
        alive = any(writer.is_alive() for writer in writers)
        news = database.calls.tail(position)
        seen += news.events
        position = news.position
        if not alive and not news.events:
            break
    for writer in writers:
        writer.join()
    assert len(seen) == len({(kept.call_id, kept.seq) for kept in seen}) == 60
