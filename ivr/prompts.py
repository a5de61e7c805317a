"""Where is the audio of a prompt, and is it there? Recorded by a supervisor, built, or missing.

A recording `flows/audio/<language>/<name>.wav` (and `<name>.slow.wav` for the slower reading,
`<name>.yue.wav` for a dialect) comes before the built voice. What lines play lies under the store's
folder, always 8 kHz, mono, 16 bit:

    recorded/<language>/<name>-<key>.wav    a recording, converted
    <language>/<key>.wav                    a built prompt; the key is made of text, voice and speed
    private/<random>.wav                    text with a caller's data, gone with the call

A file appears under its name only when it is whole, so two builders at once do no harm.
"""

import asyncio
import hashlib
import os
import re
import tempfile
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ivr.errors import BadInput, VoiceError
from ivr.line.commands import Spoken
from ivr.tongues import DIALECTS
from speech.audio import quiet, read_wav, telephone
from speech.voice import MADE, Voice

AT_ONCE = 2  # prompts made at the same time at run time; more would slow the calls that go on

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")  # names and languages that may be part of a path


class Status(StrEnum):
    """What there is of a prompt."""

    RECORDED = "recorded"
    BUILT = "built"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Made:
    """One prompt after a build: where its audio is, or the sentence that says why there is none."""

    spoken: Spoken
    status: Status
    path: Path | None = None
    problem: str | None = None


class PromptStore:
    """The prompts' audio under `folder`, made by `voice` or taken from the folder `recorded`."""

    def __init__(self, folder: Path, voice: Voice, recorded: Path) -> None:
        self._folder = folder
        self._voice = voice
        self._recorded = recorded
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._making: dict[Path, asyncio.Task[None]] = {}

    def recording(self, spoken: Spoken) -> Path | None:
        """The supervisor's own recording of a prompt, if there is one.

        A prompt that was recorded only at the usual speed is played so to the elderly too: a human
        voice is understood better than a slow machine.
        """
        if not (spoken.name and _PLAIN.fullmatch(spoken.name)) or spoken.private:
            return None
        slow, usual = self._recordings(spoken)
        files = (slow, usual) if spoken.slow else (usual,)
        return next((file for file in files if file.is_file()), None)

    def slot(self, spoken: Spoken) -> Path:
        """Where a recording of a prompt goes: its own folder by language, its name by prompt."""
        slow, usual = self._recordings(spoken)
        return slow if spoken.slow else usual

    def take_in(self, spoken: Spoken, content: bytes) -> None:
        """Keep a WAV file as the recording of a prompt, in place of one that is there."""
        _write_whole(self.slot(spoken), content)

    def path(self, spoken: Spoken) -> Path:
        """Where the audio of a prompt that is not private is or will be.

        Raises `VoiceError` for a language without a voice, `BadInput` if a recording just vanished.
        """
        if spoken.private:
            raise ValueError("private prompts have a new file each time; ask locate")
        recording = self.recording(spoken)
        return self._path(spoken, recording)

    def status(self, spoken: Spoken) -> Status:
        """What there is of a prompt now."""
        if self.recording(spoken):
            return Status.RECORDED
        return Status.BUILT if self.path(spoken).is_file() else Status.MISSING

    def make(self, spoken: Spoken) -> Path:
        """The prompt's audio, made now if it is missing. Blocking.

        Raises `VoiceError` when the voice fails and `BadInput` when a recording cannot be read.
        """
        recording = self.recording(spoken)
        path = self._path(spoken, recording)
        if not path.is_file():
            self._write(path, spoken, recording)
        return path

    async def locate(self, spoken: Spoken) -> Path:
        """The prompt's audio, made off the event loop if it is missing; at most `AT_ONCE` at once.

        Asked for twice it is made once. A private prompt has a new file each time: hand that to
        `discard` once it was heard. A recording that cannot be read is replaced by the built voice,
        since a caller is waiting; `build` tells about it. Raises `VoiceError`.
        """
        if spoken.private:
            return await self._private(spoken)
        recording = self.recording(spoken)
        try:
            return await self._shared(self._path(spoken, recording), spoken, recording)
        except BadInput:
            return await self._shared(self._path(spoken, None), spoken, None)

    def silence(self) -> Path:
        """A short silence, for a prompt that cannot be had."""
        path = self._folder / "silence.wav"
        if not path.is_file():
            _write_whole(path, quiet(0.2))
        return path

    def discard(self, paths: Iterable[Path]) -> None:
        """Delete the files of private prompts; other files, and files already gone, are left be."""
        private = self._folder / "private"
        for path in paths:
            if path.parent == private:
                path.unlink(missing_ok=True)

    def discard_all(self) -> None:
        """Delete all private prompts: at the start of the engine, when no call can need them."""
        self.discard((self._folder / "private").glob("*"))

    def build(self, prompts: Iterable[Spoken], progress: Callable[[Made], None]) -> list[Made]:
        """Make what is missing; `progress` hears of each prompt. One that fails stops no other."""
        made = []
        for spoken in prompts:
            made.append(self._made(spoken))
            progress(made[-1])
        return made

    def unheard(self, prompts: Iterable[Spoken]) -> list[Path]:
        """Recordings that belong to none of `prompts`, such as those with a wrong name."""
        named = (spoken for spoken in prompts if spoken.name)
        heard = {file for spoken in named for file in self._recordings(spoken)}
        return sorted(file for file in self._recorded.glob("*/*") if file not in heard)

    def hold_classes(
        self, prompts: Iterable[Spoken], music: Sequence[Path]
    ) -> dict[str, tuple[Path, ...]]:
        """For each class of `hold_class` what it plays in order: the sentence, then `music`.

        Made where missing. For musiconhold.conf, `mode=playlist`, whose `entry` is an absolute path
        without its extension. Prompts that have no class are left out. Raises like `make`.
        """
        return {
            name: (self.make(spoken).absolute(), *music)
            for spoken in prompts
            if (name := hold_class(spoken)) is not None
        }

    def _made(self, spoken: Spoken) -> Made:
        try:
            path = self.make(spoken)
        except (VoiceError, BadInput) as error:
            return Made(spoken, Status.MISSING, problem=str(error))
        except OSError as error:
            sentence = f"{error.filename}: the prompt cannot be written ({error.strerror})."
            return Made(spoken, Status.MISSING, problem=sentence)
        return Made(spoken, Status.RECORDED if self.recording(spoken) else Status.BUILT, path)

    def _recordings(self, spoken: Spoken) -> tuple[Path, Path]:
        """Where a supervisor may put recordings of a prompt: the slower one, and the usual one."""
        tag = _plain(spoken.language)
        folder = self._recorded / DIALECTS.get(tag, tag)
        stem = f"{spoken.name}.{tag}" if tag in DIALECTS else spoken.name
        return folder / f"{stem}.slow.wav", folder / f"{stem}.wav"

    def _path(self, spoken: Spoken, recording: Path | None) -> Path:
        language = _plain(spoken.language)
        if recording:
            try:
                seen = recording.stat()
            except OSError as error:
                raise BadInput(f"{recording}: the recording has just gone.") from error
            key = _key(str(MADE), recording.name, str(seen.st_mtime_ns), str(seen.st_size))
            return self._folder / "recorded" / language / f"{spoken.name}-{key}.wav"
        key = _key(self._voice.identity(_voiced(language), spoken.slow), spoken.text)
        return self._folder / language / f"{key}.wav"

    async def _private(self, spoken: Spoken) -> Path:
        path = self._folder / "private" / f"{uuid.uuid4().hex}.wav"
        task = asyncio.create_task(self._make(path, spoken, None))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            # The thread goes on to its end; what it leaves behind nobody would ever delete.
            task.add_done_callback(lambda _: path.unlink(missing_ok=True))
            raise
        return path

    async def _shared(self, path: Path, spoken: Spoken, recording: Path | None) -> Path:
        if path.is_file():  # noqa: ASYNC240  a stat takes less time than a thread
            return path
        task = self._making.get(path)
        if task is None:
            task = asyncio.create_task(self._make(path, spoken, recording))
            self._making[path] = task
            task.add_done_callback(lambda done: self._forget(path, done))
        # A caller who hangs up must not stop the work another caller waits for.
        await asyncio.shield(task)
        return path

    def _forget(self, path: Path, task: asyncio.Task[None]) -> None:
        self._making.pop(path, None)
        if not task.cancelled():
            task.exception()  # seen by whoever still waits; not worth a warning when nobody does

    async def _make(self, path: Path, spoken: Spoken, recording: Path | None) -> None:
        async with self._turns:
            try:
                await asyncio.to_thread(self._write, path, spoken, recording)
            except OSError as error:
                sentence = f"{path}: the prompt cannot be written ({error.strerror})."
                raise VoiceError(sentence) from error

    def _write(self, path: Path, spoken: Spoken, recording: Path | None) -> None:
        if recording:
            try:
                content = telephone(read_wav(recording))
            except BadInput as error:
                where = "" if str(error).startswith(str(recording)) else f"{recording}: "
                raise BadInput(f"{where}{error}") from error
        else:
            content = self._voice.say(spoken.text, _voiced(spoken.language), spoken.slow)
        _write_whole(path, content)


def hold_class(spoken: Spoken) -> str | None:
    """The music-on-hold class that says `spoken` and then plays music while an agent's phone rings.

    None for what has no class: private text, and text made up at run time. The class has another
    name as soon as the sentence has another wording, so an old sentence is never said.
    """
    if spoken.private or spoken.name is None:
        return None
    speed = "slow" if spoken.slow else "usual"
    return f"careline-{_key(spoken.language, speed, spoken.name, spoken.text)}"


def _voiced(language: str) -> str:
    """Whose voice reads a text that nobody recorded: there are none that read dialects well."""
    return DIALECTS.get(language, language)


def _plain(language: str) -> str:
    if not _PLAIN.fullmatch(language):
        raise VoiceError(f'"{language}" is no language tag such as zh.')
    return language


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        aside.chmod(0o644)  # the switch reads it as another user; mkstemp lets only us
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
