"""A version is kept exactly as it was published, and nobody can change it afterwards."""

import threading

import pytest
import sqlalchemy as sa

from ivr.errors import BadInput, NotFound, StoreError
from ivr.flow.files import FlowFiles
from ivr.store import Database
from ivr.store.connections import Connections
from ivr.store.versions import Version
from tests.publish.supervisor import MORNING

ODD = {
    "center.yaml": "\ufeffa: 1\r\nb: 2\r\n",
    "main.yaml": "您好\u2028再见\t😀\n\n  ",
    "empty.yaml": "",
    "a b-c.d.yaml": "no newline at the end",
}


def add(database: Database, onto: int | None, **texts: str) -> Version | None:
    files = FlowFiles({f"{name}.yaml": text for name, text in texts.items()})
    return database.versions.add(files, onto=onto, at=MORNING, who="ana", why="because")


def test_before_the_first_publishing_there_is_no_version(database: Database) -> None:
    assert database.versions.live() is None
    assert database.versions.latest() is None
    assert database.versions.list() == []


def test_files_come_back_to_the_last_character(database: Database) -> None:
    files = FlowFiles(ODD)
    kept = database.versions.add(files, onto=None, at=MORNING, who="王秀英", why="第一版")
    assert kept is not None
    assert database.versions.files(1) == files
    assert database.versions.live() == kept
    assert (kept.number, kept.at, kept.who, kept.why) == (1, MORNING, "王秀英", "第一版")
    assert kept.hash == files.hash


def test_the_newest_version_is_the_live_one_and_says_what_it_changed(database: Database) -> None:
    add(database, None, main="one\ntwo\n")
    second = add(database, 1, main="one\n2\n", more="new\n")
    assert second is not None
    assert second.diff == (
        "--- version 1/main.yaml\n+++ version 2/main.yaml\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
        "--- /dev/null\n+++ version 2/more.yaml\n@@ -0,0 +1 @@\n+new\n"
    )
    assert database.versions.live() == second
    assert [version.number for version in database.versions.list()] == [2, 1]


def test_of_two_who_publish_onto_the_same_version_one_is_told_no(database: Database) -> None:
    add(database, None, main="0")
    outcomes: list[Version | None] = []
    start = threading.Barrier(8)

    def publish(text: str) -> None:
        start.wait()
        outcomes.append(add(database, 1, main=text))

    people = [threading.Thread(target=publish, args=(str(number),)) for number in range(8)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert len(outcomes) == 8
    (winner,) = [outcome for outcome in outcomes if outcome is not None]
    assert database.versions.live() == winner
    assert winner.number == 2


def test_nothing_is_published_onto_a_version_that_does_not_exist(database: Database) -> None:
    assert add(database, 4, main="0") is None
    add(database, None, main="0")
    assert add(database, None, main="1") is None
    assert add(database, 2, main="1") is None
    assert database.versions.latest() == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE versions SET who = 'bo'",
        "DELETE FROM versions",
        "UPDATE version_files SET text = 'x'",
        "DELETE FROM version_files",
    ],
)
def test_the_database_itself_refuses_to_change_a_version(
    database: Database, url: str, change: str
) -> None:
    add(database, None, main="0")
    connections = Connections(url)
    with (
        pytest.raises(StoreError, match=r"published version never changes"),
        connections.writing() as connection,
    ):
        connection.execute(sa.text(change))
    connections.close()
    assert database.versions.files(1).texts == {"main.yaml": "0"}


def test_files_that_were_added_to_a_version_behind_our_back_are_noticed(
    database: Database, url: str
) -> None:
    add(database, None, main="0")
    connections = Connections(url)
    with connections.writing() as connection:
        connection.execute(sa.text("INSERT INTO version_files VALUES (1, 'evil.yaml', 'x')"))
    connections.close()
    with pytest.raises(BadInput, match="not those that were published"):
        database.versions.files(1)


def test_a_file_name_in_the_database_cannot_lead_out_of_the_folder(
    database: Database, url: str
) -> None:
    add(database, None, main="0")
    connections = Connections(url)
    with connections.writing() as connection:
        connection.execute(sa.text("INSERT INTO version_files VALUES (1, '../evil.yaml', 'x')"))
    connections.close()
    with pytest.raises(BadInput, match="cannot name a flow file"):
        database.versions.files(1)


@pytest.mark.parametrize("number", [0, -1, 2, 2**31, 10**30])
def test_a_version_that_never_was_is_answered_with_a_sentence(
    database: Database, number: int
) -> None:
    add(database, None, main="0")
    with pytest.raises(NotFound, match=f"There is no version {number};"):
        database.versions.get(number)
