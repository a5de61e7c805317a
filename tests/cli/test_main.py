"""careline itself: what is said, and the exit code, when a command cannot do what was asked."""

from pathlib import Path

import pytest

from ivr.cli import main

HOMELESS = [
    ["agents", "list"],
    ["agents", "add", "ana"],
    ["callers", "show", "13800138000"],
    ["calls", "list"],
    ["calls", "show", "1"],
    ["prompts", "build"],
    ["switch", "install"],
    ["switch", "configure"],
    ["switch", "status"],
    ["serve"],
]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a hotline."""
    monkeypatch.delenv("CARELINE_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_careline_alone_tells_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([]) == 2
    told = capsys.readouterr()
    said = told.out + told.err
    for command in ("init", "switch", "agents", "check", "serve", "calls"):
        assert f"│ {command} " in said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    "wrong", [["frobnicate"], ["agents", "add"], ["calls", "list", "--limit", "0"], ["check", "-x"]]
)
def test_wrong_usage_is_told_in_words(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(wrong) == 2
    said = capsys.readouterr().err
    assert "Usage: careline" in said
    assert "--help" in said


@pytest.mark.parametrize("command", HOMELESS, ids=" ".join)
def test_in_a_folder_of_something_else_nothing_is_begun(
    command: list[str], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(command) == 2
    said = capsys.readouterr().err
    assert said.startswith("careline: ")
    assert "no hotline in" in said
    assert "careline init" in said
    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "notes").write_text("")
    assert main.run(["init", "notes"]) == 1
    assert "notes/flows cannot be used: Not a directory." in capsys.readouterr().err
