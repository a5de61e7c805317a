"""What does a flow ask of whoever understands what callers say?"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from speech.intents import Understood


class Hearing(Protocol):
    """What of callers' speech is understood. `ivr/understanding.py` is the real one."""

    def hears(self, language: str) -> bool:
        """Whether there is a recognizer for a language."""

    async def understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> "Understood":
        """Which of the intents `among` is meant by `text`, or by `others`, its further readings."""


class Deaf:
    """A `Hearing` without any recognizer: callers use keys, and talk to humans."""

    def hears(self, language: str) -> bool:
        """See `Hearing`."""
        return False

    async def understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> "Understood":
        """See `Hearing`. Raises LookupError: nothing was heard that could be understood."""
        raise LookupError("there is no recognizer, so nothing to understand")
