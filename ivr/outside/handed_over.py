"""The files under var/ that take SMS and tickets where there is no gateway: added to, and cleaned.

One JSON object a line. Whoever writes holds a lock on the file, so that none of what the engine adds
is lost while a person is taken out.
"""

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SMS, TICKETS = "sms.jsonl", "tickets.jsonl"


def add(file: Path, line: Mapping[str, Any]) -> None:
    """Append an object. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(line, ensure_ascii=False) + "\n"
    with _held(file) as handle:
        os.write(handle, text.encode())


def forget(folder: Path, number: str, calls: Collection[str]) -> int:
    """Delete what was handed over about the person who calls from `number` (E.164), or in `calls`.

    Returns how many objects those were. Raises OSError.
    """
    return sum(_forget(folder / name, number, calls) for name in (SMS, TICKETS))


def _forget(file: Path, number: str, calls: Collection[str]) -> int:
    if not file.exists():
        return 0
    with _held(file) as handle:
        lines = os.pread(handle, os.fstat(handle).st_size, 0).splitlines(keepends=True)
        kept = [line for line in lines if not _is_about(line, number, calls)]
        if len(kept) < len(lines):
            new = file.with_name(f".{file.name}.new")
            new.touch(mode=0o600)
            new.write_bytes(b"".join(kept))
            new.replace(file)
    return len(lines) - len(kept)


def _is_about(line: bytes, number: str, calls: Collection[str]) -> bool:
    try:
        said = json.loads(line)
    except ValueError:
        return False  # somebody else's; what is not understood is not deleted
    if not isinstance(said, dict):
        return False
    # A key is the call's name with what it is and its count: careline-1763.5-sms-1.
    call = str(said.get("key", "")).rsplit("-", 2)[0]
    return number in (said.get("to"), said.get("number")) or call in calls


@contextmanager
def _held(file: Path) -> Iterator[int]:
    """The file, open for reading and appending, and nobody else's meanwhile."""
    while True:
        handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _is(file, handle):
                yield handle
                return
        finally:
            os.close(handle)


def _is(file: Path, handle: int) -> bool:
    """Whether the open file is still the one of that name: it may have been replaced or taken."""
    try:
        return file.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
