"""A small disk of a test's own, which can be filled to the last byte.

with small_disk(tmp_path / "disk") as disk:
    with full(disk):
        ...                 # nothing can be written there
    ...                     # there is room again
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotPermitted(Exception):
    """Here nothing may be mounted."""


@contextmanager
def small_disk(folder: Path, megabytes: int = 2) -> Iterator[Path]:
    """Mount an empty disk there. Raises `NotPermitted` for who is not root, and in most containers."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "careline-test", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotPermitted(f"no disk can be mounted for a test: {error}") from None
    if done.returncode != 0:
        raise NotPermitted(f"no disk can be mounted for a test: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Fill what is left of a disk; there is room again afterwards."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        ballast.unlink()
