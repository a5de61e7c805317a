"""careline backup and restore: an admin moves a hotline to another folder."""

from pathlib import Path

import pytest

from ivr import alone
from ivr.cli import main
from ivr.resources import flows as example


@pytest.fixture
def hotline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a hotline with one agent; the commands are typed there."""
    home = tmp_path / "hotline"
    (home / "flows").mkdir(parents=True)
    for path in example().glob("*.yaml"):
        (home / "flows" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("CARELINE_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    assert main.run(["agents", "add", "ana", "--skill", "zh=3"]) == 0
    return home


def test_a_hotline_is_moved_to_another_folder(
    hotline: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "whole.tar.gz"
    assert main.run(["backup", str(file)]) == 0
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path / "elsewhere"))
    assert main.run(["restore", str(file)]) == 0
    capsys.readouterr()
    assert main.run(["agents", "list"]) == 0
    assert "ana" in capsys.readouterr().out
    assert (tmp_path / "elsewhere" / "flows" / "center.yaml").is_file()


def test_a_hotline_that_is_there_is_not_replaced_unasked(
    hotline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "whole.tar.gz")
    assert main.run(["backup", file]) == 0
    assert main.run(["restore", file]) == 2
    assert "--replace" in capsys.readouterr().err
    assert main.run(["restore", "--replace", file]) == 0


def test_nothing_is_put_back_under_a_running_engine(
    hotline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "whole.tar.gz")
    assert main.run(["backup", file]) == 0
    with alone.alone(hotline / "var"):
        assert main.run(["restore", "--replace", file]) == 2
    assert "Stop it first" in capsys.readouterr().err


def test_flows_that_were_only_begun_are_not_replaced_unasked_either(
    hotline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "whole.tar.gz")
    assert main.run(["backup", file]) == 0
    new = tmp_path / "new"
    assert main.run(["init", str(new)]) == 0
    monkeypatch.setenv("CARELINE_HOME", str(new))
    assert main.run(["restore", file]) == 2
    assert main.run(["restore", "--replace", file]) == 0


def test_a_backup_says_which_key_is_not_in_it(
    hotline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["backup", str(tmp_path / "whole.tar.gz")]) == 0
    assert f"keep a copy of {hotline}/var/recordings.key elsewhere" in capsys.readouterr().out
