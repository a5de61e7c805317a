"""careline recordings: a supervisor listens to talks, and an admin keeps them in order."""

import io
import wave
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ivr.cli import main
from ivr.cli.context import database, settings
from ivr.messages import FOLDER
from ivr.record import CallSummary, Message
from recordings.catalogue import Recording
from recordings.shelf import Part, Shelf, sha256
from recordings.sound import RATE, encode
from recordings.vault import Keys, Vault

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
NOW = datetime.now(UTC)
Careline = Callable[..., str]


@pytest.fixture
def hotline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hotline with a key and three recordings, one of them made a year ago."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "center.yaml").write_text(
        "center: {name: Bank, timezone: Asia/Shanghai, country: CN, languages: [zh], "
        "human: main.human}\n"
    )
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    Keys.add(settings().key_file)
    for call, days in (("1", 0), ("2", 1), ("3", 365)):
        keep(tmp_path, call, AT - timedelta(days=days))
    return tmp_path


def keep(home: Path, call: str, at: datetime) -> None:
    """Put a talk away as the engine does: the caller at 700 Hz, the agent silent."""
    shelf, part = Shelf.under(home / "var"), Part(call, 1)
    shelf.prepare()
    tone = (8000 * np.sin(2 * np.pi * 700 * np.arange(RATE) / RATE)).astype(np.int16)
    raw = shelf.capture(part)
    raw.write_bytes(np.stack([np.zeros_like(tone), tone], axis=1).tobytes())
    sound, target = io.BytesIO(), shelf.sealed(part, at, "flac")
    encode(raw, sound)
    raw.unlink()
    Vault(Keys.read(settings().key_file)).seal(sound, target)
    with database() as opened:
        opened.calls.start(CallSummary(call_id=call, started=at, number="+8613912345678"))
        opened.recordings.add(
            Recording(
                name=str(part), call_id=call, part=1, at=at, queue="cards", agent="ana",
                language="zh", outcome="answered", seconds=1.0,
                file=str(target.relative_to(shelf.root)), size=target.stat().st_size,
                sha256=sha256(target),
            )
        )  # fmt: skip


@pytest.fixture
def careline(hotline: Path, capsys: pytest.CaptureFixture[str]) -> Careline:
    """Types a command; what it says, and asserts its exit code."""

    def typed(*words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert main.run(list(words)) == code
        said = capsys.readouterr()
        return said.out + said.err

    return typed


def file_of(hotline: Path, name: str) -> Path:
    with database() as opened:
        return hotline / "var" / "recordings" / opened.recordings.get(name).file


def test_recordings_are_listed_without_a_number(careline: Careline) -> None:
    listing = careline("recordings", "list")
    assert listing.index("1-1") < listing.index("2-1") < listing.index("3-1")
    assert "2026-11-20 17:30" in listing  # where the hotline is
    assert "5678" not in listing


def test_a_number_finds_its_recordings(careline: Careline) -> None:
    assert "1-1" in careline("recordings", "list", "--number", "139 1234 5678")
    assert "no such recording" in careline("recordings", "list", "--number", "13800000000")


def test_days_are_those_of_the_hotline(careline: Careline) -> None:
    listing = careline("recordings", "list", "--from", "2026-11-20", "--to", "2026-11-20")
    assert "1-1" in listing
    assert "2-1" not in listing


def test_an_exported_recording_has_the_caller_left_and_only_its_owner_reads_it(
    hotline: Path, careline: Careline
) -> None:
    careline("recordings", "export", "1-1", "talk.wav")
    with wave.open("talk.wav") as talk:
        assert (talk.getnchannels(), talk.getframerate()) == (2, RATE)
        both = np.frombuffer(talk.readframes(RATE), np.int16).reshape(-1, 2)
    assert np.abs(both[:, 0]).max() > 7000
    assert np.abs(both[:, 1]).max() == 0
    assert (hotline / "talk.wav").stat().st_mode & 0o777 == 0o600
    assert "is there already" in careline("recordings", "export", "1-1", "talk.wav", code=2)


def test_whoever_opens_a_recording_is_in_the_audit_log(careline: Careline) -> None:
    careline("recordings", "export", "1-1")
    careline("recordings", "play", "2-1")
    log = careline("audit", "list")
    assert "exported 1-1" in log
    assert "played 2-1" in log
    assert "2 entries are whole" in careline("audit", "verify")


def test_nothing_is_left_lying_about_after_playing(hotline: Path, careline: Careline) -> None:
    careline("recordings", "play", "1-1")
    assert not list((hotline / "var").glob(".play*"))


def test_all_is_well_with_files_as_they_were_kept(careline: Careline) -> None:
    said = careline("recordings", "verify")
    assert "3 recordings are kept, 100.00 % of the 3 that were to be" in said


def test_missing_altered_orphaned_and_unfinished_files_are_told(
    hotline: Path, careline: Careline
) -> None:
    file_of(hotline, "1-1").unlink()
    altered = file_of(hotline, "2-1")
    altered.write_bytes(altered.read_bytes()[:-1] + b"x")
    (altered.parent / "9-1.flac.age").write_bytes(b"who knows")
    (hotline / "var" / "recordings" / "capture" / "8-1.raw").write_bytes(b"1234")
    said = careline("recordings", "verify", code=1)
    for fault in ("missing: 1-1", "altered: 2-1", "orphaned: ", "unfinished: 8-1"):
        assert fault in said
    assert "cannot be opened" in careline("recordings", "export", "2-1", code=1)


def test_purging_deletes_what_is_over_and_says_so_before(hotline: Path, careline: Careline) -> None:
    file = file_of(hotline, "3-1")
    assert "1 recordings and 0 messages would be deleted" in careline(
        "recordings", "purge", "--dry-run"
    )
    assert file.exists()
    assert "3-1: its time was over on 2026-05-19 (usual)" in careline("recordings", "purge")
    assert not file.exists()
    assert "deleted 3-1" in careline("audit", "list")
    assert "is deleted: its time was over" in careline("recordings", "export", "3-1", code=1)


def test_the_ivr_part_of_a_call_has_a_type_of_its_own(hotline: Path, careline: Careline) -> None:
    with database() as opened:
        opened.recordings.add(replace(opened.recordings.get("2-1"), kind="ivr", agent=""))
    assert "2-1" in careline("recordings", "list", "--type", "ivr")
    assert "2-1" not in careline("recordings", "list", "--type", "talk")
    assert "expected talk, ivr or all" in careline("recordings", "list", "--type", "x", code=2)


def test_messages_go_by_the_rules_of_recordings(hotline: Path, careline: Careline) -> None:
    rules = "{rules: [{name: box, types: message, keep: 30 days}]}"
    center = hotline / "flows" / "center.yaml"
    center.write_text(f"{center.read_text()}recordings: {rules}\n")
    folder = hotline / "var" / FOLDER
    folder.mkdir()
    for days in (20, 40):
        (folder / f"{days}.wav").write_bytes(b"said")
        message = Message(
            "1", "message", "+8613912345678", "zh", "cards", NOW, 3, f"{days}.wav", ""
        )
        with database() as opened:
            opened.messages.add(replace(message, at=NOW - timedelta(days=days)))
    said = careline("recordings", "purge", "--dry-run")
    assert "message 2: its time was over on" in said
    assert "(box)" in said
    assert "and 1 messages would be deleted" in said
    assert (folder / "40.wav").exists()
    assert "and 1 messages were deleted" in careline("recordings", "purge")
    assert [one.name for one in folder.iterdir()] == ["20.wav"]
    assert "deleted message 2" in careline("audit", "list")
    listed = careline("messages", "list", "--all")
    assert "gone" in listed
    assert "time was over" in careline("messages", "export", "2", code=1)


def test_what_is_held_is_not_purged_until_it_is_released(hotline: Path, careline: Careline) -> None:
    careline("recordings", "hold", "3-1", "-m", "court case 12/2026")
    assert "0 recordings and 0 messages were deleted" in careline("recordings", "purge")
    assert "held: court case 12/2026" in careline("recordings", "list")
    careline("recordings", "release", "3-1")
    assert "1 recordings and 0 messages were deleted" in careline("recordings", "purge")


def test_keys_are_changed_and_old_recordings_sealed_anew(hotline: Path, careline: Careline) -> None:
    careline("recordings", "key", "new")
    careline("recordings", "key", "rotate")
    keys = settings().key_file
    newest = next(line for line in keys.read_text().splitlines() if line.startswith("AGE-"))
    keys.write_text(newest + "\n")
    careline("recordings", "export", "1-1")
    assert "100.00 %" in careline("recordings", "verify")


def test_without_the_key_nothing_is_opened(hotline: Path, careline: Careline) -> None:
    settings().key_file.write_text(Keys.read(settings().key_file).public[0] + "\n")
    assert "Only public keys are here" in careline("recordings", "export", "1-1", code=1)


def test_a_forgotten_callers_recordings_are_gone_but_for_what_is_held(
    hotline: Path, careline: Careline
) -> None:
    files = [file_of(hotline, name) for name in ("1-1", "2-1", "3-1")]
    careline("recordings", "hold", "3-1", "-m", "court case 12/2026")
    said = careline("callers", "forget", "13912345678", "--yes")
    assert "2 recordings" in said
    assert "1 recordings are held and stay" in said
    assert [file.exists() for file in files] == [False, False, True]
