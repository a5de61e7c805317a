"""How do two people's changes to the same version of the flows become one?

File by file, and within a file line by line through diff3 (GNU diffutils, on every Debian), which
RCS and CVS have merged with for decades. What both changed in the same place stands in the file
twice between markers, and nothing is published while markers are there.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import CarelineError
from ivr.flow.files import FlowFiles
from ivr.flow.problem import Problem, Spot

CONFLICTS, TROUBLE = 1, 2  # exit codes of diff3
_MARKER = re.compile(r"(<{7}|>{7}) ")


@dataclass(frozen=True, slots=True)
class Merged:
    """The files with both changes, and the names of those that somebody has to look at."""

    files: FlowFiles
    conflicts: tuple[str, ...]


def merge(base: FlowFiles, mine: FlowFiles, theirs: FlowFiles, called: tuple[str, str]) -> Merged:
    """Put together what became of `base` on both sides; markers call the sides as `called` says.

    A file that one side has deleted and the other changed stays, as a conflict.
    Raises `CarelineError` where diff3 is missing or fails.
    """
    texts: dict[str, str] = {}
    conflicts: list[str] = []
    for name in sorted({*base.texts, *mine.texts, *theirs.texts}):
        was, my, their = (files.texts.get(name) for files in (base, mine, theirs))
        clean = True
        if their in (was, my):
            text = my
        elif my == was:
            text = their
        elif my is None or their is None:
            text, clean = my or their, False
        else:
            text, clean = _lines(was or "", my, their, called)
        if text is not None:
            texts[name] = text
        if not clean:
            conflicts.append(name)
    return Merged(FlowFiles(texts), tuple(conflicts))


def markers(files: FlowFiles) -> Iterator[Problem]:
    """Where a merge has left two texts to choose from."""
    for name, text in files.texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            if _MARKER.match(line):
                message = (
                    "a merge has left two texts here; keep what is right between <<<<<<< and "
                    ">>>>>>> and delete the lines with these signs"
                )
                yield Problem(Spot(name, number, 1), message, "merge", line)


def _lines(base: str, mine: str, theirs: str, called: tuple[str, str]) -> tuple[str, bool]:
    """The merged text, and whether there was no conflict in it."""
    program = shutil.which("diff3")
    if program is None:
        raise CarelineError("diff3 is missing, which merges files: apt-get install diffutils")
    with tempfile.TemporaryDirectory(prefix="careline-merge-") as folder:
        paths = [Path(folder, side) for side in ("mine", "base", "theirs")]
        for path, text in zip(paths, (mine, base, theirs), strict=True):
            path.write_bytes(text.encode())
        labels = ["-L", called[0], "-L", "before", "-L", called[1]]
        done = subprocess.run(
            [program, "--show-overlap", "--text", "--merge", *labels, *map(str, paths)],
            capture_output=True,
            check=False,
        )
    if done.returncode >= TROUBLE:
        raise CarelineError(f"diff3 could not merge: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(), done.returncode != CONFLICTS
