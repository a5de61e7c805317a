"""What is said of one thing that was looked at?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.settings import Settings

Grade = Literal["good", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `what` it is like, and the `remedy`, if there is one.

    Until what is "bad" is mended the hotline cannot answer.
    """

    grade: Grade
    what: str
    remedy: str = ""


Check = Callable[[Settings], Iterator[Finding]]
