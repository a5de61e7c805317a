"""Where is what callers say kept, and how does it go when it must?

    var/messages/<call>-<n>.wav             whole; only the hotline's user may read it
    var/messages/<call>-<n>-under-way.wav   the switch writes here while the caller speaks

Files are named by the call, never by a number or a name. The store knows the rest of each.
"""

import asyncio
import logging
import re
import shutil
import wave
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ivr.errors import NotFound, StoreError
from ivr.flow.serving import Dictated, Failed, Kept, TooShort
from ivr.line import voice_file
from ivr.record import Message
from ivr.store.database import Database
from recordings.shelf import sha256

log = logging.getLogger(__name__)

FOLDER = "messages"
LEAST_FREE = 100 * 1024 * 1024  # bytes on the disk that messages leave to the hotline
_UNFIT = re.compile(r"[^A-Za-z0-9.-]")


class MessageBox:
    """The `ivr.flow.serving.Box` of real calls."""

    def __init__(self, database: Database, folder: Path, now: Callable[[], datetime]) -> None:
        self._database = database
        self._folder = folder
        self._now = now

    def open(self) -> None:
        """Make the folder, and take in what an engine that died could not. May raise OSError.

        What was being said then is not whole and does not count.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._folder.glob(voice_file.under_way(Path("*.wav")).name):
            left.unlink(missing_ok=True)
        for file in sorted(self._folder.glob("*.wav")):
            if not self._database.messages.has(file.name):
                self._adopt(file)

    def place(self, call_id: str) -> Path | None:
        """See `ivr.flow.serving.Box`."""
        try:
            if shutil.disk_usage(self._folder).free < LEAST_FREE:
                return None
            stem = _UNFIT.sub("_", call_id)[:100].lstrip(".") or "call"
            count = 1
            while (file := self._folder / f"{stem}-{count}.wav").exists():
                count += 1
        except OSError as error:
            log.error("messages cannot be kept in %s: %s", self._folder, error)
            return None
        return file

    async def keep(self, call_id: str, dictated: Dictated) -> Kept | TooShort | Failed:
        """See `ivr.flow.serving.Box`. Without the store the file stays, to be adopted later."""
        try:
            return await asyncio.to_thread(self._keep, call_id, dictated)
        except StoreError as error:
            return Failed(f"it lies in {dictated.file}, but the store did not take it: {error}")
        except OSError as error:
            return Failed(f"{dictated.file} cannot be read ({error.strerror})")

    def _keep(self, call_id: str, dictated: Dictated) -> Kept | TooShort | Failed:
        file = dictated.file
        if not file.exists():
            return TooShort()
        seconds = voice_file.seconds(file)
        if seconds < dictated.at_least:
            file.unlink()
            return TooShort()
        message = Message(
            call_id=call_id,
            kind=dictated.kind,
            number=dictated.number,
            language=dictated.language,
            queue=dictated.queue,
            at=self._now(),
            seconds=round(seconds, 3),
            file=file.name,
            sha256=sha256(file),
        )
        if self._database.messages.add(message) is None:
            file.unlink()
            return Failed("the caller has been forgotten meanwhile")
        return Kept(file.stem, seconds)

    def _adopt(self, file: Path) -> None:
        """Keep a file of which the store knows nothing; of its caller it tells what the call does."""
        call_id = file.stem.rpartition("-")[0]
        try:
            call = self._database.calls.show(call_id).summary
        except NotFound:
            call = None
        try:
            message = Message(
                call_id=call_id,
                kind="message",
                number=call.number if call else None,
                language=call.language if call else "",
                queue=None,
                at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
                seconds=round(voice_file.seconds(file), 3),
                file=file.name,
                sha256=sha256(file),
            )
        except (OSError, EOFError, wave.Error) as error:
            log.warning("%s lies among the messages and is none: %s", file.name, error)
            return
        if self._database.messages.add(message) is None:
            file.unlink()
        else:
            log.warning("found the message %s, of which nobody has been told", file.name)


def intact(message: Message, folder: Path) -> bool:
    """Whether a message's file is the one that was kept."""
    file = folder / message.file
    return bool(message.file) and file.is_file() and sha256(file) == message.sha256


def forget(messages: Sequence[Message], folder: Path) -> int:
    """Delete the files of messages; how many there were. May raise OSError.

    This comes before the store forgets which files they are.
    """
    files = [folder / one.file for one in messages if one.file and (folder / one.file).exists()]
    for file in files:
        file.unlink()
    return len(files)
