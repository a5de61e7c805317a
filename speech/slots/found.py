"""What is a thing found in a sentence, before it is known whether anybody wanted it?"""

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
