"""What becomes of a recording: where the switch writes it, and how it is put away.

A talk, or what is said in the flow, is written raw by the switch; when its call is over, in a thread,
it is encoded, sealed, entered into the catalogue, and the raw file removed, in this order: whatever
fails or dies in between, the next attempt finds the raw file. What was left by an engine or a switch
that died is put away when the engine begins, and marked. Of a caller who did not want to be recorded
what was recorded of the flow until then is deleted.
"""

import asyncio
import errno
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ivr.errors import CarelineError, StoreError
from ivr.record import CallEvent, CallSummary
from ivr.store.database import Database
from ivr.taped import Taped, after, known, row
from recordings.catalogue import Recording
from recordings.shelf import Part, Shelf, sha256
from recordings.sound import Format, encode, seconds
from recordings.vault import Keys, Vault

log = logging.getLogger(__name__)

SETTLED = 1.5
"""Seconds in which a file has not grown when the switch is done with it; it writes each second."""
LOOK_AGAIN = 0.5
TRY_AGAIN = 30.0  # seconds after which a disk that was full, or the store, is asked again
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
LONGEST_WAIT = 60.0
CUT_SHORT = "put away after the engine began anew"
BROKEN_OFF = "the call was cut short"


Alive = Callable[[], Awaitable[Collection[str]]]
"""The calls of which the switch has a channel now."""


class Keeping:
    """The recordings of one engine. `alive` tells which calls the switch still has."""

    def __init__(
        self, database: Database, shelf: Shelf, key_file: Path, form: Format, alive: Alive
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._form = form
        self._alive = alive
        self._key_file = key_file
        self._parts: dict[str, int] = {}
        self._taped: dict[str, list[Taped]] = {}
        self._refused: set[str] = set()
        self._told = "enough"
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def open(self) -> None:
        """Make the folders, and a key where there is none, and put away what was left.

        Raises OSError or `BadInput` where that cannot be.
        """
        self._shelf.prepare()
        if not self._key_file.exists():
            Keys.add(self._key_file)
            log.warning("recordings are sealed with a new key; keep a copy of %s", self._key_file)
        Keys.read(self._key_file)
        self._spawn(self._put_away_what_was_left())

    async def close(self) -> None:
        """Wait until everything that is being put away is. What the switch still writes, because
        the talk goes on without us, is left for the engine that begins next."""
        self._stopping.set()
        while self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def idle(self) -> bool:
        """Whether everything there was has been put away."""
        return not self._tasks

    def file(self, call_id: str, *, ivr: bool = False) -> Path | None:
        """Where the switch is to write the next talk of a call, or what is said in its flow; None: it
        is not to be recorded."""
        room = self._shelf.room()
        if room not in {self._told, "enough"}:
            what = "nothing is recorded any more" if room == "none" else "it will soon be full"
            log.error("there is too little room on the disk of the recordings: %s", what)
        self._told = room
        if room == "none" or call_id in self._refused:
            return None
        self._parts[call_id] = self._parts.get(call_id, 0) + 1
        return self._shelf.capture(Part(call_id, self._parts[call_id], ivr))

    def refuse(self, call_id: str, *, refused: bool) -> None:
        """The caller does not want to be recorded, or wants it after all."""
        (self._refused.add if refused else self._refused.discard)(call_id)

    def heed(self, entry: CallEvent | CallSummary) -> None:
        """Read the call records along: when a call is over its recordings are put away."""
        if isinstance(entry, CallEvent):
            taped = self._taped.setdefault(entry.call_id, [])
            taped[:] = after(taped, entry)
            if not taped:
                del self._taped[entry.call_id]
        elif entry.ended is not None:
            self._parts.pop(entry.call_id, None)
            self._refused.discard(entry.call_id)
            for one in self._taped.pop(entry.call_id, []):
                self._spawn(self._put_taped_away(one, entry))

    async def _put_taped_away(self, taped: Taped, call: CallSummary) -> None:
        raw = self._shelf.capture(taped.part)
        if taped.unwanted:
            await self._discard(taped.part, raw)
        elif await asyncio.to_thread(raw.exists):
            note = BROKEN_OFF if call.outcome == "failed" else ""
            await self._put_away(taped.part, raw, call, taped.agent, note)
        else:
            why = (
                "its file is not there" if taped.recorded else "the switch did not begin to record"
            )
            await self._failed(row(taped.part, call, taped.agent), why)

    async def _discard(self, part: Part, raw: Path) -> None:
        """Delete what is not wanted, once nobody writes it any more."""
        if await self._until_written(part, raw):
            await asyncio.to_thread(raw.unlink, missing_ok=True)

    async def _put_away_what_was_left(self) -> None:
        for part, raw in list(self._shelf.captured()):
            self._parts[part.call] = max(self._parts.get(part.call, 0), part.part)
            self._spawn(self._put_left_away(part, raw))

    async def _put_left_away(self, part: Part, raw: Path) -> None:
        if not await self._until_written(part, raw):
            return
        try:
            call, taped = await asyncio.to_thread(known, self._database, part, raw)
        except (CarelineError, OSError) as error:
            log.error("the recording %s cannot be put away yet: %s", part, error)
        else:
            if taped.unwanted:
                await asyncio.to_thread(raw.unlink, missing_ok=True)
            else:
                await self._seal_or_fail(row(part, call, taped.agent, CUT_SHORT), part, raw)

    async def _put_away(
        self, part: Part, raw: Path, call: CallSummary, agent: str, note: str
    ) -> None:
        if await self._until_written(part, raw):
            await self._seal_or_fail(row(part, call, agent, note), part, raw)

    async def _seal_or_fail(self, recording: Recording, part: Part, raw: Path) -> None:
        told = False
        while (error := await self._no_room_to_seal(recording, part, raw)) is not None:
            if not told:
                log.error("the recording %s has to wait to be put away: %s", part, error)
            told = True
            if self._stopping.is_set():
                return
            await self._pause(TRY_AGAIN)

    async def _no_room_to_seal(
        self, recording: Recording, part: Part, raw: Path
    ) -> StoreError | OSError | None:
        """Seal a recording, or note that it failed; or, with nothing changed, what stands in the way
        and may pass. The raw file stays then: if not this engine, the next one tries again."""
        try:
            await asyncio.to_thread(self._seal, recording, part, raw)
        except StoreError as error:
            return error
        except OSError as error:
            if error.errno in NO_ROOM:
                return error
            await self._failed(recording, str(error))
        except CarelineError as error:
            await self._failed(recording, str(error))
        return None

    async def _until_written(self, part: Part, raw: Path) -> bool:
        """Wait until the switch has let go of the call and of the file; False if we stop before."""
        deadline = time.monotonic() + LONGEST_WAIT
        while True:
            settled = False
            with suppress(CarelineError):  # a switch that cannot be asked may still be writing
                settled = part.call not in await self._alive()
                if settled and (not _grows(raw) or time.monotonic() > deadline):
                    return True
            if self._stopping.is_set() and not settled:
                return False
            await self._pause()

    async def _pause(self, seconds: float = LOOK_AGAIN) -> None:
        """Wait until it is time to look again; a stop is noticed at once."""
        if self._stopping.is_set():
            await asyncio.sleep(LOOK_AGAIN)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _seal(self, recording: Recording, part: Part, raw: Path) -> None:
        lasted = seconds(raw)
        if lasted == 0:
            raw.unlink()
            self._database.recordings.add(replace(recording, state="failed", note="nothing in it"))
            return
        target = self._shelf.sealed(part, recording.at, self._form)
        rest = self._shelf.rest(part)
        rest_too = rest if rest.exists() else None
        with tempfile.TemporaryFile(dir=raw.parent) as encoded:
            encode(raw, encoded, self._form, rest_too, caller_left=part.ivr)
            Vault(Keys.read(self._key_file)).seal(encoded, target)
        self._database.recordings.add(
            replace(
                recording,
                seconds=round(lasted, 2),
                file=str(target.relative_to(self._shelf.root)),
                size=target.stat().st_size,
                sha256=sha256(target),
            )
        )
        rest.unlink(missing_ok=True)
        raw.unlink()

    async def _failed(self, recording: Recording, why: str) -> None:
        log.error("call %s has no recording %s: %s", recording.call_id, recording.name, why)
        failed = replace(recording, state="failed", note=why)
        with suppress(CarelineError):
            await asyncio.to_thread(self._database.recordings.add, failed)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="recording")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _grows(raw: Path) -> bool:
    """Whether something was written to the file a moment ago."""
    try:
        return time.time() - raw.stat().st_mtime < SETTLED
    except FileNotFoundError:
        return False
