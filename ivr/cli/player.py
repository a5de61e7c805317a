"""Which program of this machine plays a sound?"""

import os
import shutil
import subprocess
from pathlib import Path

from ivr.cli.copies import write_new

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


def play_content(content: bytes, folder: Path) -> bool:
    """Play what a WAV file holds; while it is played it lies in `folder`, for this user's eyes."""
    file = folder / f".play-{os.getpid()}.wav"
    try:
        write_new(file, content)
        return play(file)
    finally:
        file.unlink(missing_ok=True)


def names() -> str:
    """The players looked for, for a sentence."""
    return ", ".join(program for program, *_ in PLAYERS)
