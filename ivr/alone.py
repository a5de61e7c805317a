"""Does an engine answer for this hotline already? Two would both take every call.

The engine holds a lock on var/serve.pid for as long as it lives; the system lets go of it however
the engine ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.errors import CarelineError

FILE = "serve.pid"


@contextmanager
def alone(var: Path) -> Iterator[None]:
    """Be the hotline's only engine. Raises CarelineError while another one is."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / FILE).open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CarelineError(
                f"`careline serve` answers for {var.parent} already, as process {engine(var)}. "
                "Stop that one first, or leave it be."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def engine(var: Path) -> int | None:
    """The process that answers for the hotline now, or None."""
    try:
        with (var / FILE).open(encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0)
    except FileNotFoundError:
        pass
    return None
