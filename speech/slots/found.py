"""What is a thing found in a sentence, before it is known whether anybody wanted it?"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it stands in the folded sentence; `unit` is a currency (ISO 4217)."""

    value: str | bool
    start: int
    end: int
    unit: str | None = None

    def overlaps(self, other: "Found") -> bool:
        """Whether both stand on one of the same characters."""
        return self.start < other.end and other.start < self.end


def fullest(found: Iterable[Found]) -> list[Found]:
    """Of things that overlap the longest wording (of two as long the first), from left to right."""
    taken: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if not any(one.overlaps(other) for other in taken):
            taken.append(one)
    return sorted(taken, key=lambda one: one.start)
