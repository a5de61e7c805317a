"""Whom does the hotline know, and how is a person forgotten?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal, TypeVar

import sqlalchemy as sa

from ivr.caller import Profile
from ivr.store import personal, reviews
from ivr.store.connections import Connections, clean
from ivr.store.tables import (
    call_events,
    callbacks,
    callers,
    calls,
    calls_under_way,
    messages,
    recordings,
)

BATCH = 1000  # rows in one statement; SQLite takes at most 32,766 values


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that says something of a person; empty fields of the profile say nothing."""

    line: int
    profile: Profile


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken, at `line` of its file, and the sentence that says why."""

    line: int
    problem: str


Row = GoodRow | BadRow
OnBad = Literal["skip", "refuse"]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `read` is always `added + changed + unchanged + held_back + len(bad)`.

    `refused` says that nothing was imported because of bad rows; `held_back` are the good ones then.
    """

    read: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    held_back: int = 0
    bad: tuple[BadRow, ...] = ()
    refused: bool = False


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What was erased: whether there was a profile, and in how many calls, events and messages."""

    profile: bool
    calls: int
    events: int
    messages: int = 0


class Callers:
    """The profiles of the people who call, by number (E.164)."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def find(self, number: str) -> Profile | None:
        """The profile under that number, if there is one."""
        with self._connections.reading() as connection:
            return _find(connection, [number]).get(number)

    def count(self) -> int:
        """How many people the hotline knows."""
        with self._connections.reading() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(callers)) or 0)

    def save(self, profile: Profile) -> None:
        """Keep a profile exactly as given, in place of any under the same number."""
        with self._connections.writing() as connection:
            connection.execute(self._connections.upsert(callers), _row(profile))

    def import_rows(self, rows: Iterable[Row], on_bad: OnBad = "refuse") -> ImportReport:
        """Keep what `rows` say; what a row leaves empty stays as it was.

        All rows are read before anything is written, and written in one transaction, so a running
        hotline waits for a second or two at most. A number's second row is a bad row. With
        `on_bad="refuse"` a single bad row means that nothing is written.
        """
        first_line: dict[str, int] = {}
        good: list[Profile] = []
        bad: list[BadRow] = []
        for row in rows:
            if isinstance(row, BadRow):
                bad.append(row)
            elif (line := first_line.setdefault(row.profile.number, row.line)) != row.line:
                bad.append(
                    BadRow(row.line, f"number: the same as in line {line}; keep one of them.")
                )
            else:
                good.append(row.profile)
        read = len(good) + len(bad)
        if bad and on_bad == "refuse":
            return ImportReport(read, held_back=len(good), bad=tuple(bad), refused=True)
        added = changed = 0
        with self._connections.writing() as connection:
            for batch in _batches(good):
                known = _find(connection, [profile.number for profile in batch])
                merged = [_merge(known.get(new.number), new) for new in batch]
                fresh = [profile for profile in merged if profile != known.get(profile.number)]
                if fresh:
                    connection.execute(self._connections.upsert(callers), list(map(_row, fresh)))
                new = sum(profile.number not in known for profile in fresh)
                added += new
                changed += len(fresh) - new
        unchanged = len(good) - added - changed
        return ImportReport(read, added, changed, unchanged, bad=tuple(bad))

    def calls(self, number: str) -> Sequence[str]:
        """The calls that came from that number, by their ids."""
        with self._connections.reading() as connection:
            query = sa.select(calls.c.call_id).where(calls.c.number == clean(number))
            return list(connection.scalars(query))

    def forget(self, number: str) -> ForgetReport:
        """Erase the person under `number` from the profiles, the call records and their events.

        Calls stay as statistics: when, how long, which queue, agent and outcome, age and language.
        A call that is still going on is forgotten too, and stays so when it ends. The files of
        messages, and of what was handed over, are not the store's: see `ivr.messages.forget` and
        `ivr.outside.handed_over.forget`, which come first.
        """
        with self._connections.writing(one_at_a_time=True) as connection:
            gone = connection.execute(sa.delete(callers).where(callers.c.number == number)).rowcount
            theirs = list(
                connection.scalars(sa.select(calls.c.call_id).where(calls.c.number == number))
            )
            events = sum(_erase_events(connection, batch) for batch in _batches(theirs))
            connection.execute(
                sa.update(calls)
                .where(calls.c.number == number)
                .values(**personal.ERASED_SUMMARY, forgotten=True)
            )
            for batch in _batches(theirs):
                connection.execute(
                    sa.delete(calls_under_way).where(calls_under_way.c.call_id.in_(batch))
                )
            left = connection.execute(
                sa.update(messages)
                .where(messages.c.number == number)
                .values(**personal.ERASED_MESSAGE)
            ).rowcount
            connection.execute(
                sa.update(callbacks)
                .where(callbacks.c.number == number)
                .values(**personal.ERASED_CALLBACK)
            )
            # Also of recordings that are held: the sound stays for the court, what we know of it not.
            for batch in _batches(theirs):
                of_theirs = sa.select(recordings.c.name).where(recordings.c.call_id.in_(batch))
                reviews.erase(connection, list(connection.scalars(of_theirs)))
        self._connections.sweep()
        return ForgetReport(gone > 0, len(theirs), events, left)


def _erase_events(connection: sa.Connection, call_ids: Sequence[str]) -> int:
    query = sa.select(call_events.c.position, call_events.c.kind, call_events.c.data)
    changes = []
    for position, kind, data in connection.execute(
        query.where(call_events.c.call_id.in_(call_ids))
    ):
        erased = personal.erase(kind, data)
        if erased != data:
            changes.append({"at_position": position, "data": erased})
    if changes:
        update = sa.update(call_events).where(call_events.c.position == sa.bindparam("at_position"))
        connection.execute(update.values(data=sa.bindparam("data")), changes)
    return len(changes)


def _find(connection: sa.Connection, numbers: Sequence[str]) -> dict[str, Profile]:
    query = sa.select(callers).where(callers.c.number.in_([clean(n) for n in numbers]))
    return {row["number"]: _profile(row) for row in connection.execute(query).mappings()}


def _profile(row: sa.RowMapping) -> Profile:
    return Profile(**{**row, "languages": tuple(row["languages"].split())})


def _row(profile: Profile) -> dict[str, Any]:
    return {
        "number": profile.number,
        "name": clean(profile.name),
        "birth": profile.birth,
        "languages": clean(" ".join(profile.languages)),
        "tier": clean(profile.tier),
        "notes": clean(profile.notes),
        "preferred_agent": clean(profile.preferred_agent),
    }


def _merge(known: Profile | None, new: Profile) -> Profile:
    if known is None:
        return new
    return replace(
        known,
        name=new.name or known.name,
        birth=new.birth or known.birth,
        languages=new.languages or known.languages,
        tier=new.tier or known.tier,
        notes=new.notes or known.notes,
        preferred_agent=new.preferred_agent or known.preferred_agent,
    )


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    waiting = iter(items)
    while batch := list(islice(waiting, BATCH)):
        yield batch
