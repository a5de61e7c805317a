"""Where in a sentence does one of several wordings stand?"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from speech.sentences import is_unspaced, plain
from speech.slots.found import Found


def wordings_in(text: str, wordings: Mapping[str, Iterable[str]]) -> Iterator[Found]:
    """Each place where a wording stands, the longest that begins there; its value is the key."""
    meanings = {
        plain(wording): value
        for value, said in wordings.items()
        for wording in said
        if plain(wording)
    }
    if not meanings:
        return
    for match in _pattern(tuple(sorted(meanings, key=lambda one: (-len(one), one)))).finditer(text):
        yield Found(meanings[plain(match[0])], match.start(), match.end())


@lru_cache(maxsize=256)
def _pattern(wordings: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_one, wordings)))


def _one(wording: str) -> str:
    if is_unspaced(wording):
        return r"\s?".join(map(re.escape, wording))  # recognisers put blanks anywhere
    between = r"[\W_]+"
    # Korean puts its particles right after a word, Russian and English do not.
    end = "" if "\uac00" <= wording[-1] <= "\ud7a3" else r"(?!\w)"
    return r"(?<!\w)" + between.join(re.escape(word) for word in wording.split()) + end
