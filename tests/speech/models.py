"""The models that come in packages, Korean and English, loaded once in a test run.

The Korean one takes seconds and half a gigabyte. Whoever closes one of these recognizers closes
nothing; they end with the run.
"""

import atexit
from functools import cache
from pathlib import Path

from speech import models
from speech.recognizer import Recognizer
from speech.sphinx import SphinxRecognizer
from speech.vosk import VoskRecognizer


class KeptVosk(VoskRecognizer):
    """A recognizer that others go on using."""

    def close(self) -> None:
        """Not before the end of the run."""


class KeptSphinx(SphinxRecognizer):
    """A recognizer that others go on using."""

    def close(self) -> None:
        """Not before the end of the run."""


@cache
def recognizers() -> dict[str, Recognizer]:
    """A recognizer for each language that has one."""
    korean, english = KeptVosk("ko", _korean()), KeptSphinx()
    atexit.register(SphinxRecognizer.close, english)
    return {"ko": korean, "en": english}


def _korean() -> Path:
    folder = models.used(Path("/nonexistent"))["ko"].folder
    assert folder is not None
    return folder
