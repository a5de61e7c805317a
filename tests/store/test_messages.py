"""What is known of the messages that callers left, and of who listened to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.errors import NotFound
from ivr.record import CallSummary, Message
from ivr.store import Database
from ivr.store.messages import Access

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
LEFT = Message(
    "c1", "message", "+8613800138000", "zh", "general", NOON, 32.5, "c1-1.wav", "ab" * 32
)


def add(database: Database, message: Message = LEFT) -> int:
    number = database.messages.add(message)
    assert number is not None
    return number


def test_a_message_is_kept_as_it_is(database: Database) -> None:
    number = add(database)
    assert database.messages.get(number) == replace(LEFT, id=number)
    assert database.messages.has("c1-1.wav")
    assert not database.messages.has("c1-2.wav")


def test_an_unknown_message_is_not_found(database: Database) -> None:
    for number in (0, 1, -1, 2**40):
        with pytest.raises(NotFound):
            database.messages.get(number)


def test_messages_wait_until_they_are_done_and_recordings_never_do(database: Database) -> None:
    first = add(database)
    second = add(database, replace(LEFT, call_id="c2", file="c2-1.wav"))
    recording = add(database, replace(LEFT, kind="recording", file="c3-1.wav"))
    database.messages.accessed(first, "done", "ana", NOON)
    assert [one.id for one in database.messages.list()] == [second]
    everything = database.messages.list(all_of_them=True)
    assert [one.id for one in everything] == [first, second, recording]


def test_every_access_is_written_down_and_the_first_listener_stays(database: Database) -> None:
    number, later = add(database), NOON + timedelta(minutes=1)
    database.messages.accessed(number, "played", "ana", NOON)
    database.messages.accessed(number, "exported", "ben", later)
    database.messages.accessed(number, "done", "ben", later)
    found = database.messages.get(number)
    assert (found.heard_by, found.heard_at) == ("ana", NOON)
    assert (found.done_by, found.done_at) == ("ben", later)
    assert list(database.messages.accesses(number)) == [
        Access(NOON, "ana", "played"),
        Access(later, "ben", "exported"),
        Access(later, "ben", "done"),
    ]


def test_an_access_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(NotFound):
        database.messages.accessed(7, "played", "ana", NOON)


def test_a_forgotten_caller_s_message_has_no_number_and_no_file(database: Database) -> None:
    number = add(database)
    add(database, replace(LEFT, number="+8613900139000", file="c9-1.wav"))
    assert [one.id for one in database.messages.of("+8613800138000")] == [number]
    assert database.callers.forget("+8613800138000").messages == 1
    found = database.messages.get(number)
    assert (found.number, found.file, found.sha256) == (None, "", "")
    assert found.seconds == 32.5
    assert [one.file for one in database.messages.list()] == ["c9-1.wav"]


def test_a_message_of_a_call_that_was_forgotten_under_way_is_not_kept(database: Database) -> None:
    database.calls.start(CallSummary(call_id="c1", started=NOON, number="+8613800138000"))
    database.callers.forget("+8613800138000")
    assert database.messages.add(LEFT) is None
    assert database.messages.list(all_of_them=True) == []
