"""What libyaml says of a file it cannot read, for people who write flows."""

import re
from collections.abc import Sequence

import yaml

_UNQUOTED_KEY = re.compile(r"(?:^|[{,\s])[*#]\s*:")
# Told at the beginning of what is not ended, not where that was noticed.
_FROM_ITS_BEGINNING = frozenset(
    {
        "while parsing a flow mapping",
        "while parsing a flow sequence",
        "while scanning a quoted scalar",
    }
)
_FORBIDDEN = re.compile("[^\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAINLY = {
    ("while parsing a flow mapping", "did not find expected ',' or '}'"): (
        'this "{" is not closed, or a comma is missing before what comes next'
    ),
    ("while parsing a flow sequence", "did not find expected ',' or ']'"): (
        'this "[" is not closed, or a comma is missing before what comes next'
    ),
    ("while scanning a quoted scalar", "found unexpected end of stream"): (
        "this quotation mark has no second one that ends the text"
    ),
    ("while scanning a simple key", "could not find expected ':'"): (
        "a name stands here without a colon and a value after it"
    ),
    ("", "mapping values are not allowed in this context"): (
        "a colon with a blank after it ends a name, and cannot be one here; put the text in quotes, "
        "or mend the indentation"
    ),
    ("", "did not find expected key"): "this line is not indented like those it belongs to",
    ("", "did not find expected '-' indicator"): (
        "this line is not indented like the items of the list above it"
    ),
    ("", "did not find expected node content"): "a value is missing here",
    ("", "found character that cannot start any token"): (
        "a text that begins with this character must be in quotes"
    ),
    ("", "found unknown escape character"): (
        r"a \ in double quotes means something special; use single quotes, or write it twice"
    ),
}


def plainly(error: yaml.YAMLError, lines: Sequence[str]) -> tuple[int, int, str]:
    """The line and column of a mistake, both from 1, and what it is."""
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    context = getattr(error, "context", None) or ""
    mark = getattr(error, "problem_mark", None)
    begun = getattr(error, "context_mark", None)
    if begun is not None and (mark is None or context in _FROM_ITS_BEGINNING):
        mark = begun
    number, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    line = lines[number - 1] if number <= len(lines) else ""
    if _UNQUOTED_KEY.search(line):
        message = 'a key such as * or # must be quoted: write "*": or "#":'
    elif "\t" in line[: len(line) - len(line.lstrip())]:
        message = "the line is indented with a tab; use spaces"
    elif isinstance(error, yaml.reader.ReaderError):
        return _forbidden(lines)
    else:
        message = (
            _PLAINLY.get((context, what))
            or _PLAINLY.get(("", what))
            or (f"not readable as YAML: {what}" + (f" ({context})" if context else ""))
        )
    return number, column, message


def _forbidden(lines: Sequence[str]) -> tuple[int, int, str]:
    """Where the character is that YAML forbids; libyaml only says that there is one."""
    for number, line in enumerate(lines, start=1):
        if found := _FORBIDDEN.search(line):
            what = f"the invisible character U+{ord(found[0]):04X} stands here; remove it"
            return number, found.start() + 1, what
    return 1, 1, "a character that YAML does not allow stands somewhere in this file"
