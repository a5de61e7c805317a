"""Which sentences with their intents are in a CSV file? Columns `text` and `category`."""

import csv
import io
from pathlib import Path

from ivr.errors import BadInput
from speech.intents import Example

COLUMNS = ("text", "category")
LARGEST = 50_000_000  # bytes; the largest public set has one million
MOST = 200_000  # sentences


def read_labelled(path: Path, language: str) -> list[Example]:
    """The sentences of a file, in its order; other columns than the two are passed over.

    Raises `BadInput` with the line, what was found and what was expected.
    """
    rows = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    examples: list[Example] = []
    places: tuple[int, int] | None = None
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            raise BadInput(
                f"{path.name}, line {line}: this is no CSV ({error}). A text with a comma or a "
                "quotation mark must stand in quotes, and quotes within it twice."
            ) from None
        if places is None:
            places = _heading(path, cells)
        elif any(cell.strip() for cell in cells):
            examples.append(_example(path, line, cells, places, language))
        if len(examples) > MOST:
            raise BadInput(f"{path.name}: more than {MOST} sentences found. Use some of them.")
    if not examples:
        raise BadInput(
            f"{path.name}: no sentence found; expected a heading line text,category and a line "
            "for each sentence."
        )
    return examples


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{path.name}: larger than {LARGEST // 10**6} MB. Use a part of it.")
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}).") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"{path.name}, line {line}: found bytes that are no UTF-8. Save the file as UTF-8."
        ) from None


def _heading(path: Path, cells: list[str]) -> tuple[int, int]:
    names = [cell.strip().lower() for cell in cells]
    if any(name not in names for name in COLUMNS):
        raise BadInput(
            f"{path.name}, line 1: found the heading {', '.join(names)[:80] or 'nothing'}; expected "
            f"the columns {' and '.join(COLUMNS)}."
        )
    return names.index(COLUMNS[0]), names.index(COLUMNS[1])


def _example(
    path: Path, line: int, cells: list[str], places: tuple[int, int], language: str
) -> Example:
    if len(cells) <= max(places):
        raise BadInput(
            f"{path.name}, line {line}: found {len(cells)} cells; expected a text and a category."
        )
    sentence, category = (cells[place].strip() for place in places)
    if not sentence or not category:
        empty = COLUMNS[0] if not sentence else COLUMNS[1]
        raise BadInput(f"{path.name}, line {line}: the {empty} is empty; fill it in.")
    return Example(category, language, sentence)
