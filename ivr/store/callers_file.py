"""What does a file of callers say? CSV with a heading line, read row by row.

    number,name,birth,languages,tier,notes,preferred_agent
    +8613800138000,王秀英,1950-03-07,zh,gold,,ana

Only `number` must be there; the order is free. What cannot be read is a BadRow with its line.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ivr.caller import Profile
from ivr.errors import BadInput
from ivr.store import profile_fields
from ivr.store.callers import BadRow, GoodRow, Row

COLUMNS = ("number", "name", "birth", "languages", "tier", "notes", "preferred_agent")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class CallersFile:
    """A file's text and its heading. `lines` counts lines, the heading included."""

    text: str
    columns: tuple[str, ...]
    lines: int

    @classmethod
    def open(cls, path: Path, encoding: str = "utf-8") -> "CallersFile":
        """Read a file. Raises BadInput when it is not in `encoding` or its heading is wrong."""
        text = _decode(path, encoding)
        try:
            heading = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
        except csv.Error as error:
            raise BadInput(f"{path.name}, line 1: the heading cannot be read: {error}.") from None
        columns = tuple(cell.strip().lower() for cell in heading)
        if problem := _wrong_heading(columns):
            raise BadInput(f"{path.name}, line 1: {problem}")
        return cls(text, columns, text.count("\n") + (not text.endswith("\n")))

    def rows(self, country: str, today: date) -> Iterator[Row]:
        """Every row that is not empty, good or bad, in the file's order."""
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        next(reader)
        while True:
            line = reader.line_num + 1
            try:
                cells = [cell.strip() for cell in next(reader)]
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(line, _unreadable(line, reader.line_num, error))
                continue
            if any(cells):
                yield self._row(line, cells, country, today)

    def _row(self, line: int, cells: Sequence[str], country: str, today: date) -> Row:
        if len(cells) != len(self.columns):
            return BadRow(
                line,
                f"found {len(cells)} cells; expected {len(self.columns)} as in the heading "
                "(a comma inside a cell needs quotes around the cell).",
            )
        said = dict.fromkeys(COLUMNS, "") | dict(zip(self.columns, cells, strict=True))
        try:
            return GoodRow(line, profile_of(said, country, today))
        except BadInput as error:
            return BadRow(line, str(error))


def profile_of(said: Mapping[str, str], country: str, today: date) -> Profile:
    """A profile from the text of every column. Raises BadInput with all that is wrong in it."""
    read: dict[str, Callable[[str], object]] = {
        "number": lambda text: profile_fields.number(text, country),
        "name": lambda text: profile_fields.plain("name", text),
        "birth": lambda text: profile_fields.birth(text, today),
        "languages": profile_fields.languages,
        "tier": lambda text: profile_fields.plain("tier", text),
        "notes": lambda text: profile_fields.plain("notes", text),
        "preferred_agent": profile_fields.preferred_agent,
    }
    values: dict[str, Any] = {}
    problems: list[str] = []
    for column in COLUMNS:
        try:
            values[column] = read[column](said[column])
        except BadInput as error:
            problems.append(str(error))
    if problems:
        raise BadInput(" ".join(problems))
    return Profile(**values)


def _decode(path: Path, encoding: str) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return raw.decode(encoding).removeprefix(_BOM)
    except LookupError:
        raise BadInput(
            f"There is no text encoding named {encoding!r}; expected utf-8 or gb18030."
        ) from None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = raw.count(b"\n", 0, start) + 1
        other = "utf-8" if encoding.lower().replace("_", "-") == "gb18030" else "gb18030"
        raise BadInput(
            f"{path.name}, line {line}: found a byte that is not {encoding}; if the file was saved "
            f"in another encoding, say which, such as --encoding {other}."
        ) from None


def _wrong_heading(columns: Sequence[str]) -> str | None:
    expected = f"expected {', '.join(COLUMNS)}"
    for column in columns:
        if column not in COLUMNS:
            near = get_close_matches(column, COLUMNS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            if ";" in column or "\t" in column:
                hint = " Save the file with commas between the cells."
            return f"found the column {profile_fields.quoted(column)}; {expected}.{hint}"
        if columns.count(column) > 1:
            return f"the column {column} is there {columns.count(column)} times; expected once."
    if "number" not in columns:
        found = ", ".join(columns) or "nothing"
        return f"found {found}, without the column number; {expected}."
    return None


def _unreadable(first: int, last: int, error: csv.Error) -> str:
    lines = f"; lines {first} to {last} were read as one row" if last > first else ""
    return f"the quotes do not match ({error}{lines}); a quote inside a cell is written twice."
