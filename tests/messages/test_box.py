"""What callers say is kept whole, named by the call, and gone when they are forgotten."""

import asyncio
import shutil
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from ivr import messages
from ivr.errors import NotFound, StoreError
from ivr.flow.box import Dictated, Kept, TooShort
from ivr.flow.outside import Failed
from ivr.line import voice_file
from ivr.messages import MessageBox, forget, intact, opened
from ivr.record import CallEvent, CallSummary, Message
from ivr.store import Database
from recordings.vault import Keys

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
NUMBER = "+8613800138000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "messages"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as opened:
        yield opened


@pytest.fixture
def box(database: Database, folder: Path) -> MessageBox:
    box = MessageBox(database, folder, lambda: NOON)
    box.open()
    return box


def files(folder: Path) -> list[str]:
    """What lies there."""
    return sorted(one.name for one in folder.iterdir())


def said(file: Path | None, seconds: float = 4.0) -> Dictated:
    """What a line has just taken down."""
    assert file is not None
    voice_file.write(file, voice_file.hum(seconds))
    return dictated(file)


def dictated(file: Path, kind: Literal["message", "recording"] = "message") -> Dictated:
    return Dictated(file, kind, 2.0, NUMBER, "zh", "general")


async def test_a_message_is_in_its_file_and_in_the_store(
    box: MessageBox, database: Database, folder: Path
) -> None:
    result = await box.keep("careline-1.5", said(box.place("careline-1.5")))
    assert result == Kept("careline-1.5-1", 4.0)
    [message] = database.messages.list()
    assert (message.number, message.language, message.queue) == (NUMBER, "zh", "general")
    assert (message.at, message.seconds) == (NOON, 4.0)
    assert intact(message, folder)
    (folder / message.file).write_bytes(b"something else")
    assert not intact(message, folder)


async def test_with_a_key_nothing_lies_open_whatever_was_interrupted(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    key = tmp_path / "recordings.key"
    Keys.add(key)
    box = MessageBox(database, folder, lambda: NOON, key)
    box.open()
    for _ in range(2):
        await box.keep("c1", said(box.place("c1")))
    assert files(folder) == ["c1-1.wav.age", "c1-2.wav.age"]
    voice_file.write(folder / "c1-1.wav", voice_file.hum(4))  # it died before it was taken away
    voice_file.write(folder / "c2-1.wav", voice_file.hum(4))  # and this before it was sealed
    box.open()
    assert files(folder) == ["c1-1.wav.age", "c1-2.wav.age", "c2-1.wav.age"]
    for message in database.messages.list():
        whole = tmp_path / "opened.wav"
        whole.write_bytes(opened(message, folder, key))
        assert voice_file.seconds(whole) == 4.0
    (folder / "c2-1.wav.age").write_bytes(b"something else")
    with pytest.raises(NotFound, match="not the one"):
        opened(database.messages.list()[-1], folder, key)


async def test_what_cannot_be_sealed_stays_until_it_can(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    key = tmp_path / "recordings.key"
    box = MessageBox(database, folder, lambda: NOON, key)
    box.open()
    key.write_text("no key at all")
    assert isinstance(await box.keep("c1", said(box.place("c1"))), Failed)
    assert (files(folder), database.messages.list()) == (["c1-1.wav"], [])


async def test_the_messages_of_one_call_have_names_of_their_own(
    box: MessageBox, database: Database
) -> None:
    for _ in range(3):
        await box.keep("c1", said(box.place("c1")))
    assert [one.file for one in database.messages.list()] == ["c1-1.wav", "c1-2.wav", "c1-3.wav"]


@pytest.mark.parametrize("call_id", ["../../etc/passwd", "", ".", "a b\n/c", "é", "x" * 500])
def test_no_call_names_a_file_outside_the_folder(
    box: MessageBox, folder: Path, call_id: str
) -> None:
    file = box.place(call_id)
    assert file is not None
    assert file.resolve().parent == folder
    assert len(file.name) < 120
    assert not file.name.startswith(".")


@pytest.mark.parametrize("seconds", [0.0, 1.0])
async def test_too_little_leaves_nothing(
    box: MessageBox, database: Database, folder: Path, seconds: float
) -> None:
    file = box.place("c1")
    assert file is not None
    if seconds:
        said(file, seconds)
    assert await box.keep("c1", dictated(file)) == TooShort()
    assert (files(folder), database.messages.list()) == ([], [])


def test_nothing_can_be_left_on_a_full_disk(
    box: MessageBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage("/")._replace(free=1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    assert box.place("c1") is None


def test_nothing_can_be_left_where_the_folder_is_gone(box: MessageBox, folder: Path) -> None:
    folder.rmdir()
    assert box.place("c1") is None


async def test_a_store_that_is_away_costs_no_message(
    box: MessageBox, database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.calls.start(CallSummary(call_id="c1", started=NOON, number=NUMBER, language="en"))

    def refuses(_: object) -> None:
        raise StoreError("The database is away.")

    with monkeypatch.context() as away:
        away.setattr(database.messages, "add", refuses)
        assert isinstance(await box.keep("c1", said(box.place("c1"))), Failed)
    await box.close()
    assert database.messages.list() == []
    told = {"kind": "message", "queue": "cards", "kept": False, "name": "c1-1"}
    database.calls.append([CallEvent("c1", 0, NOON, "message", told)])
    MessageBox(database, folder, lambda: NOON).open()
    [message] = database.messages.list()
    assert (message.number, message.language, message.file) == (NUMBER, "en", "c1-1.wav")
    assert (message.kind, message.queue) == ("message", "cards"), "as the call's record says"
    assert intact(message, folder)


async def test_what_could_not_be_kept_at_once_is_as_soon_as_it_can(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "TRY_AGAIN", 0.01)
    clock = iter(NOON + timedelta(minutes=n) for n in range(100))
    box = MessageBox(database, folder, lambda: next(clock))
    box.open()
    add, refusals = database.messages.add, iter(range(2))

    def refuses_twice(message: Message) -> int | None:
        if next(refusals, None) is not None:
            raise StoreError("The database is away.")
        return add(message)

    monkeypatch.setattr(database.messages, "add", refuses_twice)
    assert isinstance(await box.keep("c1", said(box.place("c1"))), Failed)
    async with asyncio.timeout(20):
        while not database.messages.list():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await box.close()
    [message] = database.messages.list()
    assert (message.at, message.queue) == (NOON, "general"), "when it was said, and for whom"
    assert intact(message, folder)


def test_what_was_being_said_when_the_engine_died_does_not_count(
    box: MessageBox, database: Database, folder: Path
) -> None:
    file = box.place("c1")
    assert file is not None
    voice_file.write(voice_file.under_way(file), voice_file.hum(3))
    (folder / "notes.txt").write_text("of somebody else")
    (folder / "broken.wav").write_bytes(b"RIFF")
    box.open()
    assert database.messages.list(all_of_them=True) == []
    assert files(folder) == ["broken.wav", "notes.txt"]


async def test_the_message_of_a_caller_who_was_forgotten_meanwhile_is_not_kept(
    box: MessageBox, database: Database, folder: Path
) -> None:
    database.calls.start(CallSummary(call_id="c1", started=NOON, number=NUMBER))
    database.callers.forget(NUMBER)
    assert isinstance(await box.keep("c1", said(box.place("c1"))), Failed)
    voice_file.write(folder / "c1-1.wav", voice_file.hum(3))
    box.open()
    assert files(folder) == []


async def test_a_forgotten_caller_s_files_are_gone(
    box: MessageBox, database: Database, folder: Path
) -> None:
    await box.keep("c1", said(box.place("c1")))
    await box.keep("c2", said(box.place("c2")))
    (folder / "c2-1.wav").unlink()  # somebody was faster
    assert forget(database.messages.of(NUMBER), folder) == 1
    assert files(folder) == []
    assert forget(database.messages.of(NUMBER), folder) == 0


async def test_a_file_that_is_no_sound_is_not_taken_for_a_message(
    box: MessageBox, database: Database
) -> None:
    file = box.place("c1")
    assert file is not None
    voice_file.write(file, array("h"))
    assert await box.keep("c1", dictated(file)) == TooShort()
    assert database.messages.list() == []
