"""What somebody looks for is found where it begins, in any script."""

import pytest

from recordings.search import first
from recordings.transcript import Turn, Word


def turn(text: str) -> Turn:
    return Turn("caller", tuple(Word(w, n, n + 0.5) for n, w in enumerate(text.split())))


@pytest.mark.parametrize(
    ("sought", "said", "second"),
    [
        ("card", "my Cards are gone", 1),
        ("lost my card", "I have lost my card today", 2),
        ("art", "my cart is here, art too", 4),
        ("투자", "그 투자가 궁금해요", 1),
        ("投诉", "我 要投 诉 你们", 1),
        ("カード", "ｶｰﾄﾞ を", 0),
        ("card", "discard", None),
        ("...", "my card", None),
        ("", "my card", None),
    ],
)
def test_a_phrase_is_found_at_its_second(sought: str, said: str, second: int | None) -> None:
    place = first(sought, turn(said))
    assert (None if place is None else place.second) == second
