"""Which words does a model know? Told from its files, without loading it.

A large Vosk model lists them in graph/words.txt; a small one has them within graph/Gr.fst, as OpenFst
writes a table of symbols (fst/symbol-table.cc): a magic number, a name, the next free number, how
many there are, and each word with its number. PocketSphinx has a dictionary. To find them takes up to
a second, so they are kept beside the models, sorted, and read from there while the model is the same.
"""

import os
import struct
from contextlib import suppress
from pathlib import Path

from ivr.errors import HearingError
from speech import sphinx
from speech.models import Model

MAGIC = struct.pack("<i", 2125658996)
MOST_WORDS = 5_000_000
LONGEST_WORD = 1_000
"""Bytes; what claims more is no table of words."""


class Words:
    """Words that are looked up where they lie: half a million of them would take long to read."""

    def __init__(self, lines: bytes) -> None:
        """`lines` are words in UTF-8, sorted, each followed by a line feed."""
        self._lines = lines

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str) or not word or "\n" in word:
            return False
        wanted = word.encode()
        low, high = 0, len(self._lines)
        while low < high:
            start = self._lines.rfind(b"\n", 0, (low + high) // 2) + 1
            end = self._lines.index(b"\n", start)
            found = self._lines[start:end]
            if found == wanted:
                return True
            low, high = (end + 1, high) if found < wanted else (low, start)
        return False


def vocabulary(model: Model, folder: Path) -> Words:
    """The words of `model`; kept in `folder`, that of the models.

    Raises HearingError where the model's files do not tell them.
    """
    source = _source(model)
    kept = folder / model.language / f"{model.name}.words"
    try:
        if kept.stat().st_mtime_ns == source.stat().st_mtime_ns:
            return Words(kept.read_bytes())
    except OSError:
        pass  # not kept yet
    try:
        words = sorted(word.encode() for word in _words(source) if word)
    except (OSError, ValueError, struct.error) as error:
        raise HearingError(f"{source} does not tell the words that {model.name} knows.") from error
    lines = b"".join(word + b"\n" for word in words)
    with suppress(OSError):  # without it the next check takes as long again
        _keep(kept, lines, source)
    return Words(lines)


def _source(model: Model) -> Path:
    if model.folder is None:
        return sphinx.dictionary_file()
    graph = model.folder / "graph"
    listed = graph / "words.txt"
    return listed if listed.is_file() else graph / "Gr.fst"


def _words(source: Path) -> frozenset[str]:
    if source.suffix == ".fst":
        return _symbols(source.read_bytes())
    lines = source.read_text(encoding="utf-8").splitlines()
    return frozenset(line.split(maxsplit=1)[0] for line in lines if line.strip())


def _symbols(data: bytes) -> frozenset[str]:
    """The words of the first table of symbols in `data`. Raises ValueError where there is none."""
    at = data.index(MAGIC) + len(MAGIC)
    (length,) = struct.unpack_from("<i", data, at)
    _, count = struct.unpack_from("<qq", data, at := at + 4 + length)
    if not 0 < count <= MOST_WORDS:
        raise ValueError(f"a table of {count} words")
    at += 16
    found = []
    for _ in range(count):
        (length,) = struct.unpack_from("<i", data, at)
        if not 0 <= length <= LONGEST_WORD:
            raise ValueError(f"a word of {length} bytes")
        found.append(data[at + 4 : at + 4 + length].decode())
        at += 12 + length
    return frozenset(found)


def _keep(place: Path, lines: bytes, source: Path) -> None:
    """Appears whole, and is as old as the model it was made of."""
    place.parent.mkdir(parents=True, exist_ok=True)
    begun = place.with_suffix(f".{os.getpid()}")
    begun.write_bytes(lines)
    time = source.stat().st_mtime_ns
    os.utime(begun, ns=(time, time))
    begun.replace(place)
