"""What is written in a folder of flow files? Their text, to be kept, compared and written again.

Only what `load` reads and the calls that try it: the `*.yaml` at the top of the folder. Recordings
(`audio/`) are sound, not text, and stay where they are.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Self

from ivr.errors import BadInput
from ivr.flow import source

# Versions are shared between machines: a name must be a file's name on all of them, and no path.
_NAME = re.compile(r"\w[\w. -]{0,100}\.yaml")
_NO_NEWLINE = "\\ No newline at end of file"


@dataclass(frozen=True, slots=True)
class FlowFiles:
    """The exact text of each file by its name. Raises `BadInput` for a name no folder should have."""

    texts: Mapping[str, str]

    def __post_init__(self) -> None:
        for name in self.texts:
            if not _NAME.fullmatch(name):
                raise BadInput(
                    f"{name[:100]!r} cannot name a flow file; expected letters, digits and _ "
                    "before .yaml. Rename it."
                )

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The files as they lie in `folder` now.

        Raises `BrokenFlow` for a file that cannot be read as text.
        """
        return cls({path.name: _text(path) for path in written_in(folder)})

    def write(self, folder: Path) -> None:
        """Let `folder` hold exactly these files, besides what is no flow file. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.texts.items():
            content = text.encode()
            path = folder / name
            if not path.is_file() or path.read_bytes() != content:
                write_whole(path, content)
        for path in written_in(folder):
            if path.name not in self.texts:
                path.unlink()

    @property
    def hash(self) -> str:
        """The same for the same files, whoever wrote them wherever (SHA-256)."""
        content = json.dumps(sorted(self.texts.items()), ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def diff(self, newer: "FlowFiles", called: str, newer_called: str) -> str:
        """What changed from these to `newer`, as a unified diff; empty where nothing did."""
        lines: list[str] = []
        for name in sorted({*self.texts, *newer.texts}):
            old, new = self.texts.get(name), newer.texts.get(name)
            lines += unified_diff(
                _lines(old),
                _lines(new),
                "/dev/null" if old is None else f"{called}/{name}",
                "/dev/null" if new is None else f"{newer_called}/{name}",
                lineterm="",
            )
        return "".join(f"{line}\n" for line in lines)

    def changed(self, newer: "FlowFiles") -> Iterator[str]:
        """The names of the files in which `newer` differs."""
        names = sorted({*self.texts, *newer.texts})
        return (name for name in names if self.texts.get(name) != newer.texts.get(name))


def written_in(folder: Path, ending: str = ".yaml") -> list[Path]:
    """The files of `folder` with that ending, in order; hidden ones are an editor's, and none."""
    return [path for path in sorted(folder.glob(f"*{ending}")) if not path.name.startswith(".")]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half written. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        aside.chmod(path.stat().st_mode if path.exists() else 0o644)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        source.read(path, path.name)  # says what is wrong and where
        raise


def _lines(text: str | None) -> list[str]:
    # Not splitlines(), which also parts a line at characters a prompt may hold.
    if not text:
        return []
    lines = text.split("\n")
    if lines[-1]:
        return [*lines[:-1], f"{lines[-1]}\n{_NO_NEWLINE}"]
    return lines[:-1]
