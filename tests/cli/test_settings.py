"""Settings: where they are read from, and what is said of one that is wrong."""

import os
import tomllib
from pathlib import Path

import pytest

from ivr.errors import BadInput
from ivr.settings import FILE, Settings, secret, template


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and no settings in the environment."""
    for name in [name for name in os.environ if name.startswith("CARELINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_hotline_is_the_current_folder(folder: Path) -> None:
    chosen = Settings.read()
    assert chosen.home == folder
    assert chosen.url == f"sqlite:///{folder}/var/careline.db"


def test_the_file_is_read_where_the_hotline_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "hotline").mkdir()
    (folder / "hotline" / FILE).write_text("ami_port = 5039\nmissed_calls = 3\n")
    monkeypatch.setenv("CARELINE_HOME", "hotline")
    monkeypatch.setenv("CARELINE_MISSED_CALLS", "4")
    chosen = Settings.read()
    assert chosen.home == folder / "hotline"
    assert (chosen.ami_port, chosen.missed_calls) == (5039, 4)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("ami_prt = 5038", "careline.toml: there is no setting ami_prt; did you mean ami_port?"),
        ("zzz = 1", "careline.toml: there is no setting zzz; there are home, database_url, "),
        ("ami_port = 0", 'ami_port in careline.toml: found "0"; expected greater than or equal'),
        ('ami_port = "x"', 'ami_port in careline.toml: found "x"; expected a valid integer'),
        ('recordings = "mp3"', "found \"mp3\"; expected 'flac', 'opus' or 'off'"),
        ("database_url = 5", "database_url in careline.toml: expected a valid string"),
        ('ami_secret = ["hunter2"]', "ami_secret in careline.toml: expected a valid string"),
        ("ami_port = ", "cannot be read as TOML: Invalid value (at end of document)."),
        ("\xff", "cannot be read as TOML: "),
    ],
)
def test_a_wrong_file_is_answered_in_a_sentence(folder: Path, content: str, answer: str) -> None:
    (folder / FILE).write_bytes(content.encode("latin-1"))
    with pytest.raises(BadInput) as wrong:
        Settings.read()
    assert answer in str(wrong.value)
    assert "hunter2" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value", "answer"),
    [
        ("CARELINE_AMI_PORT", "70000", 'CARELINE_AMI_PORT: found "70000"; expected less than'),
        ("CARELINE_AMI_PRT", "5038", "there is no such setting; did you mean CARELINE_AMI_PORT?"),
    ],
)
def test_a_wrong_variable_is_answered_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, answer: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as wrong:
        Settings.read()
    assert answer in str(wrong.value)


def test_the_template_explains_every_setting_and_sets_none(folder: Path) -> None:
    assert tomllib.loads(template()) == {}
    for name in set(Settings.model_fields) - {"home"}:
        assert f"\n# {name} = " in template()
    (folder / FILE).write_text(template())
    assert Settings.read() == Settings()


def test_a_secret_of_the_flows_is_no_unknown_setting_and_never_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARELINE_SECRET_CORE_TOKEN", "hunter2")
    assert "hunter2" not in repr(Settings.read())
    assert secret("CORE_TOKEN") == "hunter2"
    assert secret("OTHER") is None
