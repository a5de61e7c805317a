"""Who did what that must be answered for: an append-only log with a chain of hashes.

Each entry carries the SHA-256 of the one before and of itself, so that none can be changed, taken
out or put in without every later hash being wrong. The database refuses to change entries; the chain
finds what somebody with more rights than that has done, all but the cutting off of the newest ones:
for that, note the last hash elsewhere now and then (`careline audit verify` prints it).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa

from ivr.store.connections import Connections, clean
from ivr.store.tables import audit

FIRST = "0" * 64
"""What stands for the hash before the first entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` (a person) did `act` to `about` at `at`; `data` holds what else matters, as text."""

    number: int
    at: datetime
    who: str
    act: str
    about: str
    data: Mapping[str, str]
    hash: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at the whole chain found: how many entries are right, the last one's hash, and
    the number of the first that is not (None: all are right)."""

    entries: int
    last: str
    broken: int | None


class Audit:
    """The log of one hotline."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(
        self, at: datetime, who: str, act: str, about: str, data: Mapping[str, str] | None = None
    ) -> None:
        """Write down that `who` did `act` to `about`. Nothing secret, and no whole number, in it."""
        texts = {clean(key): clean(value) for key, value in (data or {}).items()}
        row = {
            "at": at.astimezone(UTC),
            "who": clean(who),
            "act": clean(act),
            "about": clean(about),
        }
        with self._connections.writing(one_at_a_time=True) as connection:
            query = sa.select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
            before = connection.execute(query).first()
            number, last = (before.number + 1, before.hash) if before is not None else (1, FIRST)
            entry = {"number": number, **row, "data": texts}
            connection.execute(sa.insert(audit), {**entry, "hash": _hash(last, entry)})

    def entries(self, since: datetime | None = None) -> Iterator[Entry]:
        """The entries from `since` (aware) on, the oldest first."""
        query = sa.select(audit).order_by(audit.c.number)
        if since is not None:
            query = query.where(audit.c.at >= since)
        with self._connections.reading() as connection:
            for row in connection.execute(query).mappings():
                yield Entry(**row)

    def verify(self) -> Verified:
        """Compute the chain anew."""
        last, count = FIRST, 0
        for entry in self.entries():
            content = {
                "number": count + 1,
                "at": entry.at,
                "who": entry.who,
                "act": entry.act,
                "about": entry.about,
                "data": dict(entry.data),
            }
            if entry.number != count + 1 or entry.hash != _hash(last, content):
                return Verified(count, last, entry.number)
            last, count = entry.hash, count + 1
        return Verified(count, last, None)


def _hash(before: str, entry: Mapping[str, object]) -> str:
    at = entry["at"]
    assert isinstance(at, datetime)
    plain = {**entry, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(f"{before}\n{text}".encode()).hexdigest()
