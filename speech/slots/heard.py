"""How is a sentence searched so that what is found can be pointed at in the sentence as given?"""

import unicodedata
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence in small letters of usual width; `origin` has, for each, the place it came from."""

    given: str
    text: str
    origin: tuple[int, ...]

    @classmethod
    def of(cls, sentence: str) -> Self:
        """Fold `sentence` sign by sign; marks stay, because they part words."""
        text, origin = "", []
        for place, sign in enumerate(sentence):
            folded = unicodedata.normalize("NFKC", sign).casefold().replace("ё", "е")
            text += folded
            origin += [place] * len(folded)
        return cls(sentence, text, (*origin, len(sentence)))

    def given_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the part of `text` from `start` up to `end` stands in the sentence as given."""
        return self.origin[start], (self.origin[end - 1] + 1 if end > start else self.origin[end])
