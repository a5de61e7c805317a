"""How does Piper read a text aloud? A voice is a file NAME.onnx with NAME.onnx.json beside it.

Piper comes with the extra "piper". Its package is under the GPL, so Careline works without it and
only loads it where it was installed.
"""

import io
import threading
import wave
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ivr.errors import BadInput, VoiceError
from speech.audio import LOUDNESS, read_wav, telephone
from speech.voice import LONGEST_TEXT, MADE

SLOW = 1.25
"""How much longer everything takes in the slower reading; the pitch stays."""

_ONE_AT_A_TIME = threading.Lock()  # what turns text into sounds keeps its state outside the voice


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("piper") is not None


class Piper:
    """The voice in the file `model`."""

    def __init__(self, model: Path) -> None:
        self.model = model

    def identity(self, language: str, slow: bool) -> str:
        """See `Voice`."""
        size = self.model.stat().st_size if self.model.is_file() else 0
        scale = SLOW if slow else 1.0
        return f"piper {language} {self.model.stem} {size} {scale:g} {LOUDNESS:g} {MADE}"

    def say(self, text: str, language: str, slow: bool = False) -> bytes:
        """See `Voice`."""
        if len(text) > LONGEST_TEXT:
            raise VoiceError(
                f"The text has {len(text)} characters; a prompt has at most {LONGEST_TEXT}."
            )
        if not any(map(str.isalnum, text)):
            raise VoiceError(f'There is nothing to read aloud in the text "{text}".')
        from piper import SynthesisConfig  # noqa: PLC0415  an extra

        out = io.BytesIO()
        try:
            with _ONE_AT_A_TIME, wave.open(out, "wb") as file:
                voice = _loaded(self.model)
                usual = voice.config.length_scale
                how = SynthesisConfig(length_scale=usual * (SLOW if slow else 1.0))
                voice.synthesize_wav(text, file, syn_config=how)
            return telephone(read_wav(out.getvalue()))
        except (BadInput, OSError, ValueError, RuntimeError, wave.Error) as error:
            raise VoiceError(
                f'The voice {self.model.stem} could not read "{text}" aloud ({language}): {error}'
            ) from error


@lru_cache(maxsize=8)
def _loaded(model: Path) -> Any:
    from piper import PiperVoice  # noqa: PLC0415  an extra

    return PiperVoice.load(model)
