"""Who changes what callers hear, or who may do what, stands in the audit log with it."""

import getpass
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr import resources
from ivr.cli import main
from ivr.cli.context import database
from ivr.publish import release
from ivr.store.audit import Entry


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hotline that comes with Careline, with an agent, an hour ago."""
    shutil.copytree(resources.flows(), tmp_path / "flows")
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("CARELINE_AMI_PORT", "1")
    monkeypatch.delenv("SUDO_USER", raising=False)
    assert main.run(["agents", "add", "ana", "--skill", "zh=5"]) == 0
    assert main.run(["callers", "set", "13800138000", "--name", "王芳"]) == 0
    return tmp_path


def entries() -> list[Entry]:
    with database() as opened:
        assert opened.audit.verify().broken is None
        return list(opened.audit.entries())


ACTS: list[tuple[str, str, str, dict[str, str]]] = [
    ("agents skill ana -s zh=4 -s cards", "skills set", "agent ana", {"skills": "cards 3, zh 4"}),
    ("agents phone ana", "phone password shown", "agent ana", {}),
    ("agents phone ana --new-password", "phone password changed", "agent ana", {}),
    ("agents ready ana", "logged in", "agent ana", {}),
    ("agents pause ana lunch", "paused", "agent ana", {"reason": "lunch"}),
    ("agents resume ana", "resumed", "agent ana", {}),
    ("agents logout ana", "logged out", "agent ana", {}),
    ("agents remove ana", "agent removed", "agent ana", {}),
    (
        *("callers forget 13800138000 --yes", "forgotten", "•••• 8000"),
        {"calls": "0", "recordings": "0", "held": "0"},
    ),
]


def test_an_act_is_answered_for() -> None:
    me = getpass.getuser()
    for words, *_ in ACTS:
        assert main.run(words.split()) == 0
    added, *told = [(one.who, one.act, one.about, dict(one.data)) for one in entries()]
    assert added == (me, "agent added", "agent ana", {"skills": "zh 5"})
    assert told == [(me, act, about, data) for _, act, about, data in ACTS]


def test_behind_sudo_it_is_the_person_who_closed_the_hotline(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "lin")
    with database() as opened:
        release.begin(opened.versions, home / "flows", datetime.now(UTC))
    assert main.run(["close"]) == 0
    assert main.run(["open"]) == 0
    told = [(one.who, one.act) for one in entries()]
    assert told[-2:] == [("lin", "close"), ("lin", "open")]


def test_no_secret_and_no_whole_number_is_in_the_log() -> None:
    with database() as opened:
        password = opened.agents.get("ana").phone_secret
    main.run(["agents", "phone", "ana"])
    main.run(["callers", "forget", "13800138000", "--yes"])
    told = repr(entries())
    assert password not in told
    assert "13800138000" not in told


def test_what_cannot_be_done_is_not_said_to_be_done() -> None:
    before = len(entries())
    assert main.run(["agents", "remove", "nobody"]) != 0
    assert len(entries()) == before


def test_the_database_is_for_the_engines_eyes_only(home: Path) -> None:
    with database():
        files = sorted((home / "var").glob("careline.db*"))
        assert len(files) == 3  # the write-ahead log and its index too
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
