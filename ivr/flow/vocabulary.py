"""What can an expression read and call?"""

import re
from collections.abc import Iterator

from ivr.flow import spoken_values

CALLER = frozenset(
    {
        "age",
        "country",
        "dialect",
        "elderly",
        "known",
        "language",
        "language_guessed",
        "name",
        "number",
        "tier",
        "withheld",
    }
)
"""What `caller.` can be followed by; `Knowing.facts` gives them their values."""

CENTER = frozenset({"elder_age"})
"""What `center.` can be followed by."""

ANNOUNCED = frozenset({"position", "minutes", "callback_number"})
"""What only the announcements in a queue can say."""

OURS = frozenset({"open", "staffed"}) | spoken_values.NAMES
"""The functions of a flow."""

CEL = frozenset(
    {
        *("contains", "endsWith", "matches", "startsWith", "size", "type"),
        *("bytes", "double", "duration", "int", "string", "timestamp", "uint"),
    }
)
"""The functions the language has of itself."""

_TEXT = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")


def fields(expression: str, of: str) -> Iterator[tuple[int, str]]:
    """Each `of.NAME` in an expression: where the name stands, and the name."""
    bare = _TEXT.sub(lambda text: " " * len(text[0]), expression)
    for found in re.finditer(rf"(?<![\w.]){of}\s*\.\s*(\w+)", bare):
        yield found.start(1), found[1]


def names_given(expression: str, function: str) -> Iterator[tuple[int, str]]:
    """Each text that is given to `function` as it stands: where it begins, and the text."""
    for found in re.finditer(rf"""(?<![\w.]){function}\(\s*(['"])(\w+)\1\s*\)""", expression):
        yield found.start(2), found[2]
