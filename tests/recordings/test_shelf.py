"""Recordings lie under the name of their call, half-written ones are none, and the disk has a floor."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.errors import BadInput
from recordings.shelf import Part, Shelf, sha256

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "recordings", warn=1, least=0)
    shelf.prepare()
    return shelf


def test_a_recording_lies_in_the_folder_of_its_day(shelf: Shelf) -> None:
    path = shelf.sealed(Part("1763700000.12", 1), AT, "flac")
    assert path.relative_to(shelf.root).as_posix() == "2026/11/21/1763700000.12-1.flac.age"


@pytest.mark.parametrize("call", ["", "../../etc/passwd", "a/b", "-x", "1\n2", "1 2", "x" * 81])
def test_a_call_id_that_could_lead_elsewhere_names_no_file(call: str) -> None:
    with pytest.raises(BadInput, match="cannot name a recording"):
        Part(call, 1)


def test_what_the_switch_wrote_and_nobody_took_in_is_found(shelf: Shelf) -> None:
    shelf.capture(Part("1763700000.12", 1)).write_bytes(b"1234")
    shelf.capture(Part("rig-7.3", 2)).write_bytes(b"1234")
    (shelf.root / "capture" / "notes.txt").write_text("not a talk")
    (shelf.root / "capture" / "strange.raw").write_text("not a talk")
    assert {part for part, _ in shelf.captured()} == {Part("1763700000.12", 1), Part("rig-7.3", 2)}


def test_what_was_said_in_the_flow_is_known_by_its_file(shelf: Shelf) -> None:
    part = Part("careline-1763700000.1", 2, ivr=True)
    shelf.capture(part).touch()
    assert [found for found, _ in shelf.captured()] == [part]
    assert str(part) == "careline-1763700000.1-2"


def test_a_half_written_file_is_no_recording(shelf: Shelf) -> None:
    whole = shelf.sealed(Part("1", 1), AT, "flac")
    whole.parent.mkdir(parents=True)
    whole.write_bytes(b"sealed")
    (whole.parent / f".{whole.name}.part").write_bytes(b"sea")
    assert list(shelf.kept()) == [whole]


def test_others_on_the_machine_cannot_look_in(shelf: Shelf) -> None:
    assert shelf.root.stat().st_mode & 0o007 == 0


@pytest.mark.parametrize(
    ("warn", "least", "room"), [(0, 0, "enough"), (2**60, 0, "little"), (2**60, 2**60, "none")]
)
def test_the_disk_has_a_floor(tmp_path: Path, warn: int, least: int, room: str) -> None:
    assert Shelf(tmp_path, warn, least).room() == room


def test_the_sum_of_a_file_is_the_one_others_compute(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert sha256(tmp_path / "x") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
