"""careline itself: what is said, and the exit code, when a command cannot do what was asked."""

import os
import signal
import subprocess
import sys
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


def test_a_caret_c_while_it_is_still_loading_ends_it_without_a_word(elsewhere: Path) -> None:
    late = elsewhere / "ivr_slow.py"
    late.write_text(
        "import signal, sys\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'ivr.cli.main': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "from ivr.cli.entry import main\n"
        "main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(main.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, late], env=environment, capture_output=True, check=False, timeout=30
    )
    assert done.returncode == -signal.SIGINT
    assert done.stderr == b""
