"""Who reads the prompts aloud? Text becomes a WAV file for the telephone; espeak-ng is the default.

The text goes to the program on its standard input and the program is run without a shell, so no
text, whoever wrote it, is a command or an option. Markup is read out like any other text.
"""

import shutil
import subprocess
from dataclasses import dataclass
from typing import Protocol

from ivr.errors import BadInput, VoiceError
from speech.audio import LOUDNESS, read_wav, telephone
from speech.reading import readable


class Voice(Protocol):
    """Reads a text aloud. Blocking: call it off the event loop."""

    def identity(self, language: str, slow: bool) -> str:
        """What decides how a text sounds; prompts built under another identity are built again."""
        ...

    def say(self, text: str, language: str, slow: bool = False) -> bytes:
        """A WAV file (8 kHz, mono, 16-bit PCM). Raises `VoiceError`."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """espeak-ng's voice for a language, and its speeds in espeak-ng's words per minute."""

    voice: str
    rate: int
    slow: int


# espeak-ng's words are of English, so the speeds were set by measuring what comes out. Usual and
# slow: Chinese 205 and 165 characters a minute, English 170 and 135 words, Japanese 400 and 305
# morae, Russian 125 and 100 words, Korean 275 and 215 syllables. The voice `cmn` of 1.51 reads
# pinyin as if it were English; `cmn-latn-pinyin` reads it as what it is.
READINGS = {
    "zh": Reading("cmn-latn-pinyin", rate=168, slow=138),
    "en": Reading("en-gb", rate=125, slow=100),
    "ja": Reading("ja", rate=155, slow=120),
    "ru": Reading("ru", rate=147, slow=112),
    "ko": Reading("ko", rate=165, slow=129),
}

MADE = 1  # raise it when reading or processing changes, so that cached prompts are made anew
LONGEST_TEXT = 2_000  # characters; about five minutes

_SECONDS = 30.0  # espeak-ng needs well under one
_INSTALL = (
    "espeak-ng is not installed, so prompts cannot be read aloud. Install it (Debian and Ubuntu: "
    "apt-get install espeak-ng; Fedora: dnf install espeak-ng), or record the prompts."
)


class Espeak:
    """The voice of espeak-ng: robotic, in every language of `READINGS`, without a network."""

    def __init__(self, program: str = "espeak-ng") -> None:
        self._program = program

    def identity(self, language: str, slow: bool) -> str:
        """See `Voice`."""
        reading = _reading(language)
        return f"espeak-ng {reading.voice} {_rate(reading, slow)} {LOUDNESS:g} {MADE}"

    def say(self, text: str, language: str, slow: bool = False) -> bytes:
        """See `Voice`."""
        reading = _reading(language)
        if len(text) > LONGEST_TEXT:
            raise VoiceError(
                f"The text has {len(text)} characters; a prompt has at most {LONGEST_TEXT}."
            )
        words = readable(text, language)
        if not any(map(str.isalnum, words)):
            raise VoiceError(f'There is nothing to read aloud in the text "{text}".')
        wav = self._run(words, reading.voice, _rate(reading, slow))
        try:
            return telephone(read_wav(wav))
        except BadInput as error:
            raise VoiceError(f'espeak-ng could not read "{text}" aloud: {error}') from error

    def _run(self, words: str, voice: str, rate: int) -> bytes:
        program = shutil.which(self._program)
        if program is None:
            raise VoiceError(_INSTALL)
        command = [program, "-v", voice, "-s", str(rate), "-b", "1", "--stdin", "--stdout"]
        try:
            done = subprocess.run(
                command, input=words.encode(), capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise VoiceError(
                f"espeak-ng did not finish in {_SECONDS:.0f} seconds. Is the machine overloaded?"
            ) from error
        except OSError as error:
            raise VoiceError(f"espeak-ng could not be started: {error.strerror}.") from error
        if done.returncode != 0 or not done.stdout:
            said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
            raise VoiceError(f"espeak-ng failed for its voice {voice}: {said}.")
        return done.stdout


def _reading(language: str) -> Reading:
    try:
        return READINGS[language]
    except KeyError:
        raise VoiceError(
            f'There is no voice for the language "{language}", only for {", ".join(READINGS)}. '
            "Record its prompts, or add a voice to speech/voice.py."
        ) from None


def _rate(reading: Reading, slow: bool) -> int:
    return reading.slow if slow else reading.rate
