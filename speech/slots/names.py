"""Which name of a list was said, though it may have been heard not quite right?"""

from collections.abc import Iterator

from rapidfuzz import fuzz

from speech.sentences import plain
from speech.slots.found import Found
from speech.slots.kinds import Name
from speech.slots.wordings import wordings_in

ALIKE = 85.0  # per cent of characters in common; "Jonson" is Johnson, "Anna" is not Hanna


def names_in(text: str, kind: Name) -> Iterator[Found]:
    """Names as they are written first, then what is like one."""
    exact = list(wordings_in(text, {name: (name,) for name in kind.names}))
    if exact:
        yield from exact
        return
    near = []
    for name in kind.names:
        match = fuzz.partial_ratio_alignment(plain(name), text, score_cutoff=ALIKE)
        if match is not None and match.dest_end > match.dest_start:
            near.append((match.score, Found(name, match.dest_start, match.dest_end)))
    for _, found in sorted(near, key=lambda one: -one[0]):
        yield found
