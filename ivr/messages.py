"""Where is what callers say kept, and how does it go when it must?

    var/messages/<call>-<n>.wav.age         whole, sealed with the key of the recordings
    var/messages/<call>-<n>.wav             so where the hotline has no such key
    var/messages/<call>-<n>-under-way.wav   the switch writes here while the caller speaks

Files are named by the call, never by a number or a name. The store knows the rest of each.
"""

import asyncio
import io
import logging
import re
import shutil
import tempfile
import wave
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ivr.errors import CarelineError, NotFound
from ivr.flow.box import Dictated, Kept, TooShort
from ivr.flow.outside import Failed
from ivr.line import voice_file
from ivr.record import Message
from ivr.store.database import Database
from recordings.shelf import SEALED, sha256
from recordings.vault import Keys, Vault

log = logging.getLogger(__name__)

FOLDER = "messages"
TRY_AGAIN = 30.0  # seconds after which what could not be put away is tried again
LEAST_FREE = 100 * 1024 * 1024  # bytes on the disk that messages leave to the hotline
NOT_TOLD = "the message %s, which could not be kept at once, is: nobody has been told of it"
_UNFIT = re.compile(r"[^A-Za-z0-9.-]")


class MessageBox:
    """The `ivr.flow.box.Box` of real calls. Where there is a `key_file`, messages are sealed."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        now: Callable[[], datetime],
        key_file: Path | None = None,
    ) -> None:
        self._key_file = key_file
        self._database = database
        self._folder = folder
        self._now = now
        self._waiting: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Make the folder, and take in what an engine that died could not. May raise OSError.

        What was being said then is not whole and does not count.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._folder.glob(voice_file.under_way(Path("*.wav")).name):
            left.unlink(missing_ok=True)
        for file in sorted(self._folder.glob("*.wav")):
            if self._database.messages.has(_sealed(file).name):
                file.unlink()  # an engine died just before it did this
            elif not self._database.messages.has(file.name):
                self._adopt(file)

    def place(self, call_id: str) -> Path | None:
        """See `ivr.flow.box.Box`."""
        try:
            if shutil.disk_usage(self._folder).free < LEAST_FREE:
                return None
            stem = _UNFIT.sub("_", call_id)[:100].lstrip(".") or "call"
            count = 1
            while (file := self._folder / f"{stem}-{count}.wav").exists() or _sealed(file).exists():
                count += 1
        except OSError as error:
            log.error("messages cannot be kept in %s: %s", self._folder, error)
            return None
        return file

    async def keep(self, call_id: str, dictated: Dictated) -> Kept | TooShort | Failed:
        """See `ivr.flow.box.Box`. Where the store or the disk does not take it the file stays, and is
        tried again; at last by the engine that begins next."""
        at = self._now()
        try:
            return await asyncio.to_thread(self._keep, call_id, dictated, at)
        except CarelineError as error:
            task = asyncio.create_task(self._keep_later(call_id, dictated, at), name="message")
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)
            return Failed(f"it lies in {dictated.file}, but could not be put away: {error}")
        except OSError as error:
            return Failed(f"{dictated.file} cannot be read ({error.strerror})")

    async def _keep_later(self, call_id: str, dictated: Dictated, at: datetime) -> None:
        kept: Kept | TooShort | Failed | None = None
        while kept is None:
            await asyncio.sleep(TRY_AGAIN)
            with suppress(CarelineError, OSError):
                kept = await asyncio.to_thread(self._keep, call_id, dictated, at)
        if isinstance(kept, Kept):
            log.warning(NOT_TOLD, kept.name)

    async def close(self) -> None:
        """Try no more: what could not be put away is left to the engine that begins next."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    def _keep(self, call_id: str, dictated: Dictated, at: datetime) -> Kept | TooShort | Failed:
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
            at=at,
            seconds=round(seconds, 3),
            file="",
            sha256="",
        )
        if not self._put_away(message, file):
            return Failed("the caller has been forgotten meanwhile")
        return Kept(file.stem, seconds)

    def _put_away(self, message: Message, file: Path) -> bool:
        """Seal a message's file, if there is a key, and enter it in the store, in this order, so that
        whatever is interrupted can be done again. False, and no file left, where the caller has been
        forgotten."""
        whole = file
        if self._key_file is not None and self._key_file.exists():
            whole = _sealed(file)
            with file.open("rb") as content:
                Vault(Keys.read(self._key_file)).seal(content, whole)
        message = replace(message, file=whole.name, sha256=sha256(whole))
        kept = self._database.messages.add(message) is not None
        for done in {file, whole} - ({whole} if kept else set()):
            done.unlink()
        return kept

    def _adopt(self, file: Path) -> None:
        """Keep a file of which the store knows nothing; whose it is, and for whom, its call tells."""
        call_id = file.stem.rpartition("-")[0]
        call, said = None, dict[str, object]()
        with suppress(NotFound):
            record = self._database.calls.show(call_id)
            call = record.summary
            for event in record.events:
                if event.kind == "message" and event.data.get("name") == file.stem:
                    said = dict(event.data)
        queue = said.get("queue")
        try:
            message = Message(
                call_id=call_id,
                kind="recording" if said.get("kind") == "recording" else "message",
                number=call.number if call else None,
                language=call.language if call else "",
                queue=None if queue is None else str(queue),
                at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
                seconds=round(voice_file.seconds(file), 3),
                file="",
                sha256="",
            )
        except (OSError, EOFError, wave.Error) as error:
            log.warning("%s lies among the messages and is none: %s", file.name, error)
            return
        if self._put_away(message, file):
            log.warning(NOT_TOLD, file.stem)


def intact(message: Message, folder: Path) -> bool:
    """Whether a message's file is the one that was kept."""
    file = folder / message.file
    return bool(message.file) and file.is_file() and sha256(file) == message.sha256


def opened(message: Message, folder: Path, key_file: Path) -> bytes:
    """A message as a WAV file. Raises `NotFound` where there is none any more, or another one, and
    where it cannot be opened with the keys in the key file."""
    if not message.file:
        raise NotFound(
            f"Message {message.id} is gone: its caller was forgotten, or its time was over."
        )
    file = folder / message.file
    if not intact(message, folder):
        raise NotFound(
            f"The file of message {message.id} is not the one that was recorded, or is gone: {file}."
        )
    if not message.file.endswith(SEALED):
        return file.read_bytes()
    content = io.BytesIO()
    Vault(Keys.read(key_file)).open(file, content)
    return content.getvalue()


def seal_anew(database: Database, folder: Path, vault: Vault) -> int:
    """Seal every sealed message for the newest key; how many there were."""
    sealed = [one for one in database.messages.list(all_of_them=True) if one.file.endswith(SEALED)]
    for message in sealed:
        assert message.id is not None, "it comes from the store"
        with tempfile.TemporaryFile(dir=folder) as through:
            vault.seal_anew(folder / message.file, through)
        database.messages.resealed(message.id, sha256(folder / message.file))
    return len(sealed)


def _sealed(file: Path) -> Path:
    return file.with_name(file.name + SEALED)


def forget(messages: Sequence[Message], folder: Path) -> int:
    """Delete the files of messages; how many there were. May raise OSError.

    This comes before the store forgets which files they are.
    """
    files = [folder / one.file for one in messages if one.file and (folder / one.file).exists()]
    for file in files:
        file.unlink()
    return len(files)
