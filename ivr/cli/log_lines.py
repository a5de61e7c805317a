"""What does the engine's log say of one call?"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log: when, how grave, from which part, and what it says."""

    at: datetime
    level: str
    logger: str
    text: str


def of_call(call_id: str, file: Path) -> list[LogLine]:
    """The lines about the call in a log that the engine wrote as JSON, the oldest first.

    `-` is what comes through a pipe, such as from `journalctl -u careline -o cat`. Lines of anything
    else are passed over. Raises OSError for a file that cannot be read.
    """
    if file == STDIN:
        return list(_found(call_id, sys.stdin))
    with file.open(encoding="utf-8", errors="replace") as lines:
        return list(_found(call_id, lines))


def _found(call_id: str, lines: Iterable[str]) -> Iterator[LogLine]:
    for line in lines:
        if call_id in line:  # most lines are not worth being parsed
            try:
                read = json.loads(line)
                if isinstance(read, dict) and read.get("call") == call_id:
                    at = datetime.fromisoformat(read["timestamp"])
                    text = "\n".join(str(read[k]) for k in ("event", "exception") if k in read)
                    yield LogLine(
                        at if at.tzinfo else at.replace(tzinfo=UTC),
                        str(read.get("level", "")),
                        str(read.get("logger", "")),
                        text,
                    )
            except (ValueError, KeyError, TypeError, RecursionError):
                continue
