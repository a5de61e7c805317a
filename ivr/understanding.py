"""What do callers mean by what they say? The intents of a hotline, learned from its examples.

Learning takes seconds and is done off the event loop: when a version goes live, or at the first
caller whose words need it. Two hotlines with the same examples learn once.
"""

import asyncio
from collections.abc import Collection, Container, Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from ivr.flow.intents import Intents

if TYPE_CHECKING:
    from speech.intents import Classifier, Understood

_Examples = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


class Understanding:
    """A `Hearing` for a hotline; `languages` are those that are heard at the moment."""

    def __init__(self, intents: Intents, languages: Container[str]) -> None:
        self._intents = intents
        self._languages = languages
        self._one_at_a_time = Lock()

    def hears(self, language: str) -> bool:
        """See `ivr.flow.hearing.Hearing`."""
        return language in self._languages

    async def understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> "Understood":
        """See `ivr.flow.hearing.Hearing`."""
        return await asyncio.to_thread(self._understand, text, language, others, among)

    def learn(self) -> "Classifier | None":
        """Learn from the examples, or remember it; None where there are fewer than two intents."""
        training = self._intents.training()
        if len(training) < 2:
            return None
        return _learned(tuple((intent, tuple(given)) for intent, given in training.items()))

    def _understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> "Understood":
        from speech.intents import Understood  # noqa: PLC0415  as below

        with self._one_at_a_time:
            classifier = self.learn()
            if classifier is None:
                return Understood("unknown", None, 0.0, (), ())
            return classifier.understand(text, language, others, among)


@lru_cache(maxsize=4)
def _learned(examples: _Examples) -> "Classifier":
    from speech.encoder import installed  # noqa: PLC0415  as below
    from speech.intents import Classifier  # noqa: PLC0415  scikit-learn takes a second to load

    return Classifier.train(dict(examples), installed())
