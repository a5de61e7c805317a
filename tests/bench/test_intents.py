"""A benchmark whose data is not there says so."""

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import intents


def test_without_its_data_the_benchmark_is_skipped_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intents, "DATA", tmp_path)
    report = intents.run(True, Console())
    assert report.how.startswith("Skipped: ")
    assert "lacks banking77-train.csv" in report.how
    assert report.rows == ()
