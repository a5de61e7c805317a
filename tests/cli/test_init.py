"""careline init: a hotline is begun, and nothing is ever overwritten."""

from pathlib import Path

import pytest

from ivr import resources
from ivr.cli import main
from ivr.settings import FILE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CARELINE_HOME", raising=False)
    return tmp_path


def test_a_hotline_is_begun_that_is_sound(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["init", "hotline"]) == 0
    assert capsys.readouterr().out.endswith("Next: cd hotline && careline switch install\n")
    copied = {path.name for path in (folder / "hotline" / "flows").iterdir()}
    assert copied == {path.name for path in resources.flows().iterdir() if path.name[0] != "."}
    assert (folder / "hotline" / FILE).stat().st_mode & 0o777 == 0o600
    assert main.run(["check", "hotline/flows"]) == 0


def test_what_is_there_already_is_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / FILE).write_text("missed_calls = 3\n")
    assert main.run(["init"]) == 0
    assert capsys.readouterr().out.endswith("Next: careline switch install\n")
    (folder / "flows" / "main.yaml").write_text("mine")
    assert main.run(["init"]) == 2
    assert "flows exists already" in capsys.readouterr().err
    assert (folder / "flows" / "main.yaml").read_text() == "mine"
    assert (folder / FILE).read_text() == "missed_calls = 3\n"
