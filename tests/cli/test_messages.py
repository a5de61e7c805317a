"""careline messages: somebody listens to what callers left, and each time that is written down."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.cli.callers import app as callers
from ivr.cli.context import database
from ivr.cli.messages import app
from ivr.cli.recordings import app as recordings
from ivr.errors import BadInput, NotFound
from ivr.line import voice_file
from ivr.messages import MessageBox
from ivr.record import CallSummary
from ivr.store.messages import Access
from recordings.vault import Keys

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
NUMBER = "+8613800138000"


@pytest.fixture(autouse=True)
def hotline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a hotline with two messages."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "center.yaml").write_text(
        "center: {name: Bank, timezone: Asia/Shanghai, country: CN, languages: [zh, en], "
        "human: main.human}\n"
    )
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("SUDO_USER", "ana")
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "var" / "messages"
    with database() as opened:
        box = MessageBox(opened, folder, lambda: NOON)
        for number, call in ((NUMBER, "careline-1.5"), (None, "careline-1.9")):
            summary = CallSummary(call_id=call, started=NOON, number=number, language="zh")
            opened.calls.start(summary)
            folder.mkdir(parents=True, exist_ok=True)
            voice_file.write(folder / f"{call}-1.wav", voice_file.hum(4))
        box.open()  # as if an engine had died before it could keep them
    return tmp_path


def careline(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def accesses(message: int) -> list[Access]:
    with database() as opened:
        return list(opened.messages.accesses(message))


def test_messages_are_listed_with_numbers_masked() -> None:
    listed = careline("list").output
    assert "•••• 8000" in listed
    assert "13800138000" not in listed
    shown = json.loads(careline("list", "--json").output)
    assert [one["number"] for one in shown] == ["•••• 8000", None]
    assert [one["call_id"] for one in shown] == ["careline-1.5", "careline-1.9"]


def test_a_message_is_played_by_the_player_that_is_there(
    hotline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = hotline / "aplay"
    player.write_text(f'#!/bin/sh\n/bin/cp "$2" {hotline}/played\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(hotline), prepend=":")
    played = careline("play", "1")
    assert f"From {NUMBER}, in zh" in played.output
    assert voice_file.seconds(hotline / "played") == 4.0
    assert not list((hotline / "var").glob(".play*"))
    assert [(one.who, one.what) for one in accesses(1)] == [("ana", "played")]
    assert "ana" in careline("list").output


def test_without_a_player_one_learns_how_to_take_the_message_elsewhere(
    hotline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(hotline))
    told = careline("play", "2")
    assert "careline messages export" in told.output
    assert "withheld" in told.output
    assert [one.what for one in accesses(2)] == ["played"]


def test_a_message_is_exported_once_and_for_its_owner_alone(hotline: Path) -> None:
    careline("export", "1")
    copy = hotline / "careline-1.5-1.wav"
    assert voice_file.seconds(copy) == 4.0
    assert copy.stat().st_mode & 0o777 == 0o600
    assert isinstance(careline("export", "1").exception, BadInput)
    careline("export", "1", str(hotline / "other.wav"))
    careline("export", "2", str(hotline))
    assert (hotline / "other.wav").read_bytes() == copy.read_bytes()
    assert [(one.who, one.what) for one in accesses(1)] == [("ana", "exported")] * 2


def test_sealed_messages_are_played_and_exported_and_outlive_a_change_of_keys(
    hotline: Path,
) -> None:
    Keys.add(hotline / "var" / "recordings.key")
    folder = hotline / "var" / "messages"
    voice_file.write(folder / "careline-1.7-1.wav", voice_file.hum(3))
    with database() as opened:
        MessageBox(opened, folder, lambda: NOON, hotline / "var" / "recordings.key").open()
    assert not (folder / "careline-1.7-1.wav").exists()
    assert b"WAVE" not in (folder / "careline-1.7-1.wav.age").read_bytes()
    for words in (["key", "new"], ["key", "rotate"]):
        assert CliRunner().invoke(recordings, words).exit_code == 0
    keys = (hotline / "var" / "recordings.key").read_text().splitlines()
    (hotline / "var" / "recordings.key").write_text("\n".join(keys[:2]))
    assert careline("export", "3").exit_code == 0
    assert voice_file.seconds(hotline / "careline-1.7-1.wav") == 3.0
    (hotline / "var" / "recordings.key").unlink()
    assert isinstance(careline("play", "3").exception, NotFound)


def test_a_message_that_is_done_waits_no_longer() -> None:
    careline("done", "1")
    careline("done", "2")
    assert "No message waits" in careline("list").output
    assert "careline-1.5" not in careline("list").output
    assert "1.5" in careline("list", "--all").output
    assert "ana  done" in careline("accesses", "1").output


def test_a_message_that_is_not_there_is_not_played(hotline: Path) -> None:
    assert isinstance(careline("play", "9").exception, NotFound)
    (hotline / "var" / "messages" / "careline-1.5-1.wav").write_bytes(b"swapped")
    assert isinstance(careline("play", "1").exception, NotFound)
    assert isinstance(careline("export", "1").exception, NotFound)
    assert "Nobody has listened" in careline("accesses", "1").output


def test_a_forgotten_caller_s_message_is_gone(hotline: Path) -> None:
    forgotten = CliRunner().invoke(callers, ["forget", NUMBER, "--yes"])
    assert "1 messages" in forgotten.output
    assert not (hotline / "var" / "messages" / "careline-1.5-1.wav").exists()
    assert isinstance(careline("play", "1").exception, NotFound)
    assert "•••• 8000" not in careline("list", "--all").output
    assert "gone" in careline("list", "--all").output
