"""How do callers come to be heard? The models that are here, loaded beside the first calls.

Loading takes seconds, and nobody waits for it: until a language's model is there, its callers are
served by keys, as they are for good where there is none.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Container, Iterable

from ivr.errors import LineError
from ivr.line.asterisk.audiosocket import AudioSocket
from ivr.line.asterisk.ears import Ears, OnTrouble
from ivr.settings import Settings
from speech import models
from speech.hearing import Hearing

log = logging.getLogger(__name__)

FOLDER = "models"
"""Under var/, where models are installed."""


class Listening:
    """The ears of a running hotline; `ears` is what lines are given."""

    def __init__(self, settings: Settings, trouble: OnTrouble) -> None:
        self._settings = settings
        self._sockets = self.audio = AudioSocket(*_addresses(settings.ami_host))
        """Where calls bring their sound."""
        self._hearing = Hearing({})
        self.ears = Ears(self._hearing, self._sockets, trouble)
        self._loading: asyncio.Task[None] | None = None

    def tell(self, on_answer: Callable[[float], None]) -> None:
        """Tell of each answer how long it took, in seconds."""
        self._hearing.on_answer = on_answer

    @property
    def languages(self) -> Container[str]:
        """Those that are heard by now."""
        return self._hearing.recognizers.keys()

    async def open(self, languages: Iterable[str], then: Callable[[], object]) -> None:
        """Begin to hear `languages`, as soon as their models are loaded; `then` do what understanding
        callers needs, in a thread."""
        if not self._settings.speech:
            return
        try:
            await self._sockets.open()
        except LineError as error:
            log.error("callers cannot speak, only press keys: %s", error)
            return
        wanted = set(languages)
        self._loading = asyncio.create_task(self._load(wanted, then), name="load speech models")

    async def ready(self) -> None:
        """Wait until every model is loaded."""
        if self._loading is not None:
            await asyncio.shield(self._loading)

    async def close(self) -> None:
        """Hear nobody any more."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.wait({self._loading})
        await self._sockets.close()
        self._hearing.close()

    async def _load(self, languages: set[str], then: Callable[[], object]) -> None:
        folder = self._settings.var / FOLDER
        found = await asyncio.to_thread(models.recognizers, folder)
        for language, recognizer in found.items():
            if language in languages:
                failure = await self._hearing.add(recognizer)
                if failure is None:
                    log.info("callers may speak %s", language)
                else:
                    log.error("callers cannot speak %s, only press keys: %s", language, failure)
        if any(language in self.languages for language in languages):
            await asyncio.to_thread(then)


def _addresses(switch: str) -> tuple[str, str]:
    """Our address as the switch sees it, and the switch's own."""
    try:
        peer = socket.gethostbyname(switch)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((peer, 9))  # sends nothing: it only asks for the way
            return probe.getsockname()[0], peer
    except OSError:
        return "127.0.0.1", "127.0.0.1"
