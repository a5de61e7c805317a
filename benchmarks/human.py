"""Who speaks English in the benchmarks who is a person? The announcer of Debian's Asterisk sounds.

Allison Smith, CC-BY-SA-3.0, 8 kHz. The packages `asterisk-core-sounds-en-wav` (the sound) and
`asterisk-core-sounds-en` (its transcript) are fetched with apt-get once, and unpacked, not installed.
"""

import gzip
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.callers import Clip, read
from speech.recognizer import RATE
from speech.sphinx import dictionary_file

PACKAGES = ("asterisk-core-sounds-en-wav", "asterisk-core-sounds-en")
SAID = re.compile(r"([a-z0-9_/-]+): ([A-Za-z' ]+)[.?!,]*")
WORDS = (2, 6)
MOST = 40


def recordings(folder: Path, console: Console) -> list[Clip]:
    """`MOST` of the recordings, of two to six words that the recognizer knows; none where Debian's
    packages cannot be had."""
    if not (folder / "usr").is_dir() and not _fetched(folder, console):
        return []
    [transcript] = folder.rglob("core-sounds-en.txt.gz")
    sounds = {file.stem: file for file in folder.rglob("*.wav")}
    found = list(_said(gzip.decompress(transcript.read_bytes()).decode(), sounds))
    step = max(1, len(found) // MOST)
    return found[::step][:MOST]


def _said(transcript: str, sounds: dict[str, Path]) -> Iterator[Clip]:
    known = set(dictionary_file().read_text(encoding="utf-8").split())
    told: set[str] = set()
    for line in transcript.splitlines():
        match = SAID.fullmatch(line.strip())
        if match is None or match[1] not in sounds:
            continue
        text = " ".join(match[2].lower().split())
        words = text.split()
        if not WORDS[0] <= len(words) <= WORDS[1] or text in told or not known.issuperset(words):
            continue
        sound = read(sounds[match[1]])
        if RATE * 0.6 < len(sound) < RATE * 4 and np.abs(sound.astype(np.int32)).max() > 1000:
            told.add(text)
            yield Clip(match[1], "en", "Allison", text, meant=True, sound=sound)


def _fetched(folder: Path, console: Console) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(
            ("apt-get", "download", *PACKAGES), cwd=folder, check=True, capture_output=True
        )
        for package in folder.glob("*.deb"):
            subprocess.run(("dpkg-deb", "-x", package, folder), check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        console.print(f"  Without the human recordings: apt-get cannot fetch them ({error}).")
        return False
    return True
