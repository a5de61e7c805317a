"""How is what one side of a talk said taken down? By the recognizer of its language, freely.

Only where there is voice: of a talk, each side is silent for more than half of the time, and
decoding takes most of a worker's. Each stretch begins anew, so that one that was misheard does not
spoil the next.
"""

import asyncio
from collections.abc import Callable, Mapping

from recordings.measure import Spoken, stretches
from recordings.sound import RATE, Samples
from recordings.transcript import Word
from speech.recognizer import Recognizer

PIECE = RATE // 2  # samples that a recognizer is given at a time
HEARD = 30 * RATE  # samples after which it is waited for, in a stretch without a pause

Alive = Callable[[], None]
"""Told now and then that the work goes on; what it raises ends the work."""


class Dictation:
    """Takes down talks by `recognizers`, of which each loads its model when it is first needed.

    For one thread. Close it when done.
    """

    def __init__(self, recognizers: Mapping[str, Recognizer]) -> None:
        self._recognizers = recognizers
        self._runner = asyncio.Runner()

    def why_not(self, language: str) -> str:
        """Why nothing is taken down in a language; "" where it is."""
        if not language:
            return "The call's language is not known, so no words were taken down."
        recognizer = self._recognizers.get(language)
        if recognizer is not None and recognizer.dictates:
            return ""
        return (
            f"No model here takes down {language}; `careline models install {language}` fetches one. "
            "What needs no words was measured."
        )

    def words(self, language: str, samples: Samples, spoken: Spoken, alive: Alive) -> list[Word]:
        """What is said in a side's sound where there is voice. Raises HearingError."""
        return self._runner.run(self._words(self._recognizers[language], samples, spoken, alive))

    def close(self) -> None:
        """Free the models."""
        self._runner.close()
        for recognizer in self._recognizers.values():
            recognizer.close()

    async def _words(
        self, recognizer: Recognizer, samples: Samples, spoken: Spoken, alive: Alive
    ) -> list[Word]:
        await recognizer.warm_up()
        words: list[Word] = []
        for begin, end in stretches(spoken):
            stream = recognizer.begin((), free=True)
            sound = samples[begin:end]
            for place in range(0, len(sound), PIECE):
                stream.feed(sound[place : place + PIECE])
                if (place + PIECE) % HEARD == 0:
                    await stream.partial()
                    alive()
            heard = await stream.finish()
            since = begin / RATE
            words += [Word(one.text, since + one.start, since + one.end) for one in heard.words]
            alive()
        return words
