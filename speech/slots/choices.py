"""Which thing of a list was named?"""

from collections.abc import Iterator

from speech.slots.found import Found
from speech.slots.kinds import Choice
from speech.slots.wordings import wordings_in


def choices_in(text: str, kind: Choice) -> Iterator[Found]:
    """The things of the list that are named, in the order of the sentence."""
    return wordings_in(text, kind.items)
