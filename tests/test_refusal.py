"""A file that the system refuses is told with whose it is, or what else to do."""

import errno
import os
from pathlib import Path

import pytest

from ivr.refusal import unusable


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "It belongs to root: run this as root, such as with sudo -u root."),
        (errno.EROFS, "Its disk cannot be written to"),
        (errno.ENOSPC, "Make room there"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_the_remedy(
    number: int, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    sentence = unusable(OSError(number, "no reason", "/proc/careline"))
    assert sentence.startswith("/proc/careline cannot be used: no reason. ")
    assert remedy in sentence


def test_our_own_file_is_not_said_to_be_somebody_elses(tmp_path: Path) -> None:
    sentence = unusable(PermissionError(errno.EACCES, "Permission denied", str(tmp_path)))
    assert sentence == f"{tmp_path} cannot be used: Permission denied. Look at its permissions."
