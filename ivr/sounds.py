"""Where is the sound of what a call is to hear, and which of it does the switch play by itself?"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from pathlib import Path

from ivr.errors import CarelineError, VoiceError
from ivr.flow.hotline import Hotline
from ivr.line.commands import Spoken
from ivr.prompts import PromptStore, Status, hold_class
from ivr.said import ahead, meanwhile
from ivr.switch import agents as switch
from ivr.switch import configure, instance

log = logging.getLogger(__name__)


class Sounds:
    """The sounds of all calls, from `prompts`; the switch is the one of the hotline at `home`."""

    def __init__(self, prompts: PromptStore, home: Path, address: switch.Address) -> None:
        self._prompts = prompts
        self._home = home
        self._address = address
        self._private: dict[str, list[Path]] = {}
        self._music_classes: frozenset[str] = frozenset()

    def of(self, call_id: str) -> Callable[[Spoken], Awaitable[Path]]:
        """Where a call's prompts are; those with the caller's data are deleted with the call."""

        async def locate(spoken: Spoken) -> Path:
            if spoken.recording is not None:
                return spoken.recording
            try:
                path = await self._prompts.locate(spoken)
            except VoiceError as error:  # a caller rather misses a sentence than the call
                log.error("call %s misses a prompt: %s", call_id, error)
                return self._prompts.silence()
            if spoken.private:
                self._private.setdefault(call_id, []).append(path)
            return path

        return locate

    def over(self, call_id: str) -> None:
        """A call is over: delete what was said to its caller alone."""
        self._prompts.discard(self._private.pop(call_id, ()))

    def unbuilt(self, hotline: Hotline) -> int:
        """How many sentences of a hotline have no audio yet. Reads the disk."""
        status = self._prompts.status
        return sum(status(spoken) is Status.MISSING for spoken in ahead(hotline))

    def music(self, spoken: Spoken) -> str | None:
        """The class of music on hold that begins with a sentence, if the switch knows one."""
        name = hold_class(spoken)
        return name if name in self._music_classes else None

    def make_music(self, hotlines: Sequence[Hotline]) -> None:
        """Sentences heard while a phone rings are music on hold to the switch; tell it of them.

        Takes its time.
        """
        etc = instance.hotline(self._home).etc
        if not etc.is_dir():
            return  # somebody else's switch: sentences are then said before a phone rings
        try:
            music = configure.music(etc)
            said = chain.from_iterable(map(meanwhile, hotlines))
            classes = self._prompts.hold_classes(said, music)
            sounds = {name: [f.with_suffix("") for f in files] for name, files in classes.items()}
            configure.write_music(etc, sounds)
            if switch.reload(self._home, self._address, switch.MUSIC):
                self._music_classes = frozenset(classes)
        except CarelineError as error:
            log.error("sentences will be said before a phone rings, not meanwhile: %s", error)
