"""Which program of this machine plays a sound?"""

import shutil
import subprocess
from pathlib import Path

PLAYERS: tuple[tuple[str, ...], ...] = (
    ("paplay",),
    ("aplay", "-q"),
    ("afplay",),
    ("ffplay", "-v", "error", "-nodisp", "-autoexit"),
    ("play", "-q"),
)
"""Programs that play a WAV file given after these words, the first that is there."""


def play(file: Path) -> bool:
    """Play a WAV file to its end; whether there is a program for it."""
    for program, *options in PLAYERS:
        if (path := shutil.which(program)) is not None:
            subprocess.run([path, *options, str(file)], check=False)
            return True
    return False


def names() -> str:
    """The players looked for, for a sentence."""
    return ", ".join(program for program, *_ in PLAYERS)
