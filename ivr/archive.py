"""What is done with recordings once they are kept: verified, deleted when it is time, sealed anew.
Messages that callers left go by the same rules.

Every deletion and every opening is written into the audit log first, by whoever asks for it here.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Literal

from ivr.errors import BadInput, NotFound
from ivr.messages import FOLDER, forget
from ivr.store.database import Database
from ivr.store.wanted import Wanted
from recordings.catalogue import Recording
from recordings.retention import Due, Keep, Kept, due
from recordings.shelf import Shelf, sha256
from recordings.vault import Vault

USUAL = timedelta(days=180)
"""How long a recording is kept where center.yaml says nothing."""

Fault = Literal["missing", "altered", "orphaned", "unfinished"]


@dataclass(frozen=True, slots=True)
class Found:
    """Something wrong with a recording's file."""

    fault: Fault
    what: str


@dataclass(frozen=True, slots=True)
class Archive:
    """The recordings of a hotline: catalogue, files, and who is answered for (`who`) at `now`."""

    database: Database
    shelf: Shelf
    who: str
    now: Callable[[], datetime]

    def path(self, recording: Recording) -> Path:
        """Where its sealed file lies. Raises `NotFound` for one that has none any more."""
        if recording.state != "kept" or not recording.file:
            raise NotFound(
                f"The recording {recording.name} is {recording.state}: {recording.note}."
            )
        path = self.shelf.root / recording.file
        if not path.resolve().is_relative_to(self.shelf.root.resolve()):
            raise BadInput(f"The catalogue has {recording.file!r} for {recording.name}: refused.")
        return path

    def open(self, name: str, vault: Vault, into: IO[bytes], act: str) -> Recording:
        """Open a recording into a file, after noting who does what with it."""
        recording = self.database.recordings.get(name)
        path = self.path(recording)
        self.database.audit.add(self.now(), self.who, act, name)
        vault.open(path, into)
        into.seek(0)
        return recording

    def verify(self, step: Callable[[], None] = lambda: None) -> Iterator[Found]:
        """Compare the catalogue with the files. `step` is called after each recording."""
        known: set[Path] = set()
        for recording in self.database.recordings.find(Wanted()):
            path = self.path(recording)
            known.add(path)
            if not path.is_file():
                yield Found("missing", f"{recording.name}: its file {recording.file} is gone")
            elif path.stat().st_size != recording.size or sha256(path) != recording.sha256:
                yield Found("altered", f"{recording.name}: {recording.file} is not what was kept")
            step()
        for path in self.shelf.kept():
            if path not in known:
                where = path.relative_to(self.shelf.root)
                yield Found("orphaned", f"{where}: the catalogue knows nothing of it")
        for part, _ in self.shelf.captured():
            yield Found("unfinished", f"{part}: recorded, and not put away yet")

    def due(self, rules: Sequence[Keep], usual: timedelta = USUAL) -> list[Due]:
        """The recordings and messages whose time is over; a message's name is its id."""
        kept = [
            Kept(one.name, one.at, one.queue, one.outcome, bool(one.held), one.kind)
            for one in self.database.recordings.find(Wanted())
        ]
        left = [
            Kept(str(one.id), one.at, one.queue or "", type="message")
            for one in self.database.messages.list(all_of_them=True)
            if one.file
        ]
        return due([*kept, *left], rules, usual, self.now())

    def expire(self, over: Due) -> None:
        """Delete for good what is due, and say so in the audit log."""
        why = f"its time was over ({over.rule})"
        if over.type == "message":
            self._delete_message(int(over.name), why)
        else:
            self.delete(over.name, why)

    def _delete_message(self, number: int, why: str) -> None:
        message = self.database.messages.get(number)
        self.database.audit.add(self.now(), self.who, "deleted", f"message {number}", {"why": why})
        forget([message], self.shelf.root.parent / FOLDER)
        self.database.messages.deleted(number)

    def delete(self, name: str, why: str) -> None:
        """Delete a recording for good. Raises `BadInput` for one that is held."""
        recording = self.database.recordings.get(name)
        if recording.held:
            raise BadInput(f"The recording {name} is held ({recording.held}); release it first.")
        path = self.path(recording)
        self.database.audit.add(self.now(), self.who, "deleted", name, {"why": why})
        with suppress(FileNotFoundError):
            path.unlink()
        self.database.recordings.deleted(name, why)

    def forget(self, number: str) -> tuple[int, int]:
        """Delete the recordings of a caller (E.164) for good: how many were, and how many are held.

        A held one stays, since it was held for a court or an inquiry; whoever asked is told.
        """
        found = self.database.recordings.find(Wanted(number=number))
        free = [one for one in found if not one.held]
        for one in free:
            self.delete(one.name, "the caller was forgotten")
        return len(free), len(found) - len(free)

    def seal_anew(self, vault: Vault, step: Callable[[], None] = lambda: None) -> int:
        """Seal every recording for the newest key; how many there were."""
        kept = self.database.recordings.find(Wanted())
        self.database.audit.add(self.now(), self.who, "sealed anew", f"{len(kept)} recordings")
        for recording in kept:
            path = self.path(recording)
            with tempfile.TemporaryFile(dir=self.shelf.root) as opened:
                vault.seal_anew(path, opened)
            self.database.recordings.resealed(recording.name, path.stat().st_size, sha256(path))
            step()
        return len(kept)
