"""A mistake in somebody's file: where it stands, what is wrong, and how it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from rich.cells import cell_len

from ivr.errors import BadInput

Severity = Literal["error", "warning"]
"""An error refuses the flow files. A warning says what callers will not like, and lets them pass."""

WIDEST = 160  # characters of a source line that are shown
MOST_COMPARED = 1000  # words for "did you mean"
MOST_NAMED = 12  # words that are told where none is near
LONGEST_WORD = 60  # of a word that is quoted or compared; a name is never longer


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file; `line` and `column` count from 1."""

    path: str
    line: int
    column: int

    def moved(self, columns: int) -> "Spot":
        """The place `columns` further right on the same line."""
        return Spot(self.path, self.line, self.column + columns)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `rule` names the check that found it; `text` is the source line it stands on."""

    spot: Spot
    message: str
    rule: str
    text: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        kind = "warning: " if self.severity == "warning" else ""
        head = f"{self.spot}: {kind}{self.message} [{self.rule}]"
        if not self.text.strip():
            return head
        gutter = f"{self.spot.line:>5} | "
        shown, column = _cut(self.text, self.spot.column - 1)
        # A Chinese character is two cells wide: the caret counts cells, the column characters.
        before = cell_len(shown[:column])
        return f"{head}\n{gutter}{shown}\n{' ' * (len(gutter) + before)}^"


class BrokenFlow(BadInput):
    """A set of flow files that must not go live; `problems` lists every mistake, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that refuse the files."""
    return [problem for problem in problems if problem.severity == "error"]


def quoted(word: str) -> str:
    """A word from a file, in quotes and not longer than a message can bear."""
    return f'"{word}"' if len(word) <= LONGEST_WORD else f'"{word[:LONGEST_WORD]}…"'


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A closing half-sentence: the nearest known word, else the whole choice if it is short."""
    words = list(known)
    few = len(words) <= MOST_NAMED
    if len(words) > MOST_COMPARED:  # nobody waits seconds for a hint
        words = [one for one in words if one[:2] == word[:2]][:MOST_COMPARED]
    words.sort()
    near = get_close_matches(word[:LONGEST_WORD], words, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    if words and few:
        return "; known are " + ", ".join(words)
    return ""


def _cut(text: str, column: int) -> tuple[str, int]:
    """The part of a line that is shown, and where the column is in it."""
    text = text.replace("\t", " ")  # a terminal would make it as wide as it likes
    if len(text) <= WIDEST:
        return text, column
    begin = max(0, min(column - WIDEST // 2, len(text) - WIDEST))
    shown = text[begin : begin + WIDEST]
    lead = "…" if begin else ""
    return lead + shown + ("…" if begin + WIDEST < len(text) else ""), column - begin + len(lead)
