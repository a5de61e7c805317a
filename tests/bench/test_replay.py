"""The replay benchmark where the bank's trace is not there."""

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import replay


def test_without_the_trace_the_benchmark_is_skipped_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "DATA", tmp_path)
    console = Console(record=True, width=200, quiet=False)
    assert replay.run(True, console) is None
    assert f"Skipped: the bank's trace {replay.FILE} is not in" in console.export_text()
