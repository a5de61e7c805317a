"""careline serve: one engine a hotline, and a sentence when it cannot begin."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr import alone
from ivr.cli import main


@pytest.fixture(autouse=True)
def home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """A hotline without a switch."""
    assert main.run(["init", str(tmp_path)]) == 0
    capsys.readouterr()
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("CARELINE_AMI_PORT", "1")
    return tmp_path


def test_without_a_switch_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["serve"]) == 2
    assert "run `careline switch configure`" in capsys.readouterr().err
    monkeypatch.setenv("CARELINE_AMI_SECRET", "hunter2")
    assert main.run(["serve"]) == 1
    assert capsys.readouterr().err == (
        "careline: No switch answers on 127.0.0.1, port 1: Connection refused. "
        "`careline doctor` says what to do.\n"
    )


def test_a_second_engine_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from ivr.alone import alone\n"
            "with alone(Path(sys.argv[1])): print('here', flush=True); sys.stdin.read()",
            str(home / "var"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(main.__file__).parents[2])},
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"here\n"
        assert alone.engine(home / "var") == holder.pid
        assert main.run(["serve"]) == 1
        assert f"already, as process {holder.pid}." in capsys.readouterr().err
    finally:
        holder.communicate(timeout=10)
    assert alone.engine(home / "var") is None
