"""Callers are kept, found, imported and forgotten."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ivr.caller import Profile
from ivr.store import Database
from ivr.store.callers import BadRow, GoodRow, ImportReport, Row

WANG = Profile(
    "+8613800138000",
    name="王秀英",
    birth=date(1950, 3, 7),
    languages=("zh", "en"),
    tier="gold",
    notes="hard of hearing\nspeak slowly",
    preferred_agent="ana",
)
LARS = Profile("+4532123456", name="Lars", languages=("da",))


def rows(*profiles: Profile) -> list[Row]:
    return [GoodRow(line, profile) for line, profile in enumerate(profiles, start=2)]


def test_a_saved_caller_is_found_whole_and_only_under_their_number(database: Database) -> None:
    database.callers.save(WANG)
    assert database.callers.find(WANG.number) == WANG
    assert database.callers.find(LARS.number) is None


def test_saving_again_replaces_everything(database: Database) -> None:
    database.callers.save(WANG)
    database.callers.save(Profile(WANG.number, name="王英"))
    assert database.callers.find(WANG.number) == Profile(WANG.number, name="王英")
    assert database.callers.count() == 1


@pytest.mark.parametrize(
    "asked", ["", "'; DROP TABLE callers; --", "%", "+86\0", "\ud83d", "x" * 10_000]
)
def test_looking_for_a_hostile_number_finds_nobody_and_harms_nothing(
    database: Database, asked: str
) -> None:
    database.callers.save(WANG)
    assert database.callers.find(asked) is None
    assert database.callers.find(WANG.number) == WANG


def test_characters_no_database_holds_are_replaced_not_refused(database: Database) -> None:
    database.callers.save(Profile(WANG.number, name="Wa\0ng", notes="\ud83d \U0001f600"))
    kept = database.callers.find(WANG.number)
    assert kept is not None
    assert (kept.name, kept.notes) == ("Wa�ng", "� \U0001f600")


def test_an_import_adds_changes_and_leaves_alone(database: Database) -> None:
    database.callers.save(LARS)
    database.callers.save(WANG)
    changed = Profile(LARS.number, tier="silver")
    mei = Profile("+8613900139000", name="Mei")
    report = database.callers.import_rows(rows(WANG, changed, mei))
    assert report == ImportReport(read=3, added=1, changed=1, unchanged=1)


def test_what_an_import_leaves_empty_stays_as_it_was(database: Database) -> None:
    database.callers.save(WANG)
    database.callers.import_rows(rows(Profile(WANG.number, tier="platinum")))
    kept = database.callers.find(WANG.number)
    assert kept is not None
    assert (kept.tier, kept.notes, kept.birth) == ("platinum", WANG.notes, WANG.birth)


def test_one_bad_row_keeps_everybody_out(database: Database) -> None:
    bad = BadRow(3, "number: found nothing")
    report = database.callers.import_rows([GoodRow(2, WANG), bad], on_bad="refuse")
    assert report == ImportReport(read=2, held_back=1, bad=(bad,), refused=True)
    assert database.callers.count() == 0


def test_bad_rows_alone_are_refused_too(database: Database) -> None:
    bad = BadRow(2, "number: found nothing")
    assert database.callers.import_rows([bad]) == ImportReport(1, bad=(bad,), refused=True)
    assert database.callers.import_rows([bad], on_bad="skip") == ImportReport(1, bad=(bad,))


def test_bad_rows_can_be_skipped(database: Database) -> None:
    bad = BadRow(3, "number: found nothing")
    report = database.callers.import_rows([GoodRow(2, WANG), bad], on_bad="skip")
    assert report == ImportReport(read=2, added=1, bad=(bad,))


def test_a_number_twice_in_one_file_is_told_with_both_lines(database: Database) -> None:
    twice = rows(WANG, LARS, Profile(WANG.number, name="somebody else"))
    report = database.callers.import_rows(twice, on_bad="skip")
    assert [(bad.line, bad.problem) for bad in report.bad] == [
        (4, "number: the same as in line 2; keep one of them.")
    ]
    assert database.callers.find(WANG.number) == WANG


def test_an_import_that_breaks_off_leaves_nothing_behind(database: Database) -> None:
    def breaking() -> Iterator[Row]:
        yield GoodRow(2, WANG)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.callers.import_rows(breaking())
    assert database.callers.count() == 0


def test_nobody_is_lost_in_a_large_import(database: Database) -> None:
    many = [Profile(f"+86138{number:08d}", name=str(number)) for number in range(2_345)]
    report = database.callers.import_rows(rows(*many))
    assert (report.read, report.added, database.callers.count()) == (2_345, 2_345, 2_345)
    assert [database.callers.find(many[i].number) for i in (0, 999, 1000, 2344)] == [
        many[i] for i in (0, 999, 1000, 2344)
    ]


def test_a_hotline_writes_while_a_file_is_being_read(tmp_path: Path) -> None:
    """The import holds the database only to write, or every running call would wait for it."""
    with Database.open(f"sqlite:///{tmp_path}/careline.db") as database:

        def slowly() -> Iterator[Row]:
            yield GoodRow(2, WANG)
            with Database.open(f"sqlite:///{tmp_path}/careline.db") as hotline:
                hotline.callers.save(LARS)

        assert database.callers.import_rows(slowly()).added == 1
        assert database.callers.find(LARS.number) == LARS
