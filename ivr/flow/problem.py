"""A mistake in somebody's file: where it stands, what is wrong, and how it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from rich.cells import cell_len

from ivr.errors import BadInput


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

    def __str__(self) -> str:
        head = f"{self.spot}: {self.message} [{self.rule}]"
        if not self.text.strip():
            return head
        gutter = f"{self.spot.line:>5} | "
        # A Chinese character is two cells wide: the caret counts cells, the column characters.
        before = cell_len(self.text[: self.spot.column - 1])
        return f"{head}\n{gutter}{self.text}\n{' ' * (len(gutter) + before)}^"


class BrokenFlow(BadInput):
    """A set of flow files that must not go live; `problems` lists every mistake, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A closing half-sentence: the nearest known word, else the whole choice if it is short."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    if words and len(words) <= 12:
        return "; known are " + ", ".join(words)
    return ""
