"""By which recognizers are callers heard, and who listens to the next question?

All calls share them; each question gets a `Listener` of its own.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from ivr.errors import HearingError
from speech.endpoint import Detector, Silero, Turn, patience
from speech.listener import Listener
from speech.recognizer import Recognizer
from speech.tongue import Expected

MOST_IDLE = 32
"""Voice detectors kept for the next questions: one takes a tenth of a second to make."""


class Hearing:
    """The recognizers of all languages there are, for all calls."""

    def __init__(self, recognizers: Mapping[str, Recognizer]) -> None:
        self.recognizers = dict(recognizers)
        self._idle: list[Detector] = []
        self.on_answer: Callable[[float], None] = lambda seconds: None
        """Told how long each answer took."""

    async def add(self, recognizer: Recognizer) -> HearingError | None:
        """Load a recognizer and hear its language from then on; or why that is impossible."""
        try:
            await recognizer.warm_up()
        except HearingError as error:
            return error
        self.recognizers[recognizer.language] = recognizer
        return None

    async def warm_up(self) -> dict[str, HearingError]:
        """Load every model. Languages whose model cannot be loaded are dropped, and returned."""
        failed: dict[str, HearingError] = {}
        for tag, recognizer in list(self.recognizers.items()):
            try:
                await recognizer.warm_up()
            except HearingError as error:
                failed[tag] = error
                del self.recognizers[tag]
        return failed

    async def listener(
        self, expected: Sequence[Expected], turn: Turn = "closed", *, slow: bool = False
    ) -> Listener | None:
        """A listener to one question; None if there is no recognizer for any of the languages.

        `done_with` takes it back.
        """
        wanted = [
            (one, self.recognizers[one.language])
            for one in expected
            if one.language in self.recognizers and (one.phrases or one.free)
        ]
        if not wanted:
            return None
        detector = self._idle.pop() if self._idle else await asyncio.to_thread(Silero)
        return Listener(wanted, patience(turn, slow=slow), detector)

    def done_with(self, listener: Listener) -> None:
        """The question is over."""
        for seconds in listener.took:
            self.on_answer(seconds)
        listener.took.clear()
        listener.close()
        if len(self._idle) < MOST_IDLE:
            listener.detector.reset()
            self._idle.append(listener.detector)

    def unsayable(self, tag: str, phrases: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Of `phrases`, those the recognizer of a language can never hear, and the words to blame.

        Empty where there is no recognizer for it.
        """
        recognizer = self.recognizers.get(tag)
        return {} if recognizer is None else recognizer.unsayable(phrases)

    def close(self) -> None:
        """Free all models."""
        for recognizer in self.recognizers.values():
            recognizer.close()
