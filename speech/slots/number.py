"""What is a number that stands in a sentence?"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Number:
    """A number at its place in the folded sentence.

    `dictated` are the digits it adds where a long number is told piece by piece: "double five" adds
    55, "twelve" 12. A `doubtful` one may be no number at all (one, 一, 일).
    """

    value: Decimal
    start: int
    end: int
    dictated: str
    doubtful: bool = False
