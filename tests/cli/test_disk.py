"""`careline doctor` says whether there is room on the disk."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from ivr.doctor import disk
from ivr.settings import Settings

GIGABYTE = 2**30


@pytest.mark.parametrize(
    ("free", "grade", "said"),
    [
        (40 * GIGABYTE, "good", "40.0 GB are free"),
        (2 * GIGABYTE, "warning", "it will soon be full"),
        (GIGABYTE // 2, "warning", "no talk is recorded"),
        (1000, "bad", "no message can be left"),
    ],
)
def test_an_admin_is_told_what_is_not_kept_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, grade: str, said: str
) -> None:
    (tmp_path / "var").mkdir()
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=free))
    [found] = disk.room(Settings(home=tmp_path))
    assert found.grade == grade
    assert said in found.what
