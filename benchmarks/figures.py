"""What do many measurements of one thing come to?"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Series:
    """Measurements in `unit`, in the order they were taken; at least one."""

    unit: str
    values: tuple[float, ...]

    @classmethod
    def of(cls, unit: str, values: Iterable[float]) -> "Series":
        """A series of what there is; raises ValueError if there is nothing."""
        kept = tuple(values)
        if not kept:
            raise ValueError("there is nothing to take a median of")
        return cls(unit, kept)

    @property
    def median(self) -> float:
        """The middle value; of two middle ones their mean."""
        ordered, half = sorted(self.values), len(self.values) // 2
        if len(ordered) % 2:
            return ordered[half]
        return (ordered[half - 1] + ordered[half]) / 2

    @property
    def p95(self) -> float:
        """The smallest value that at least 95 of 100 do not exceed (nearest rank)."""
        return sorted(self.values)[ceil(0.95 * len(self.values)) - 1]

    @property
    def best(self) -> float:
        return min(self.values)

    @property
    def worst(self) -> float:
        return max(self.values)

    def json(self) -> dict[str, object]:
        """Everything, for the record."""
        return {
            "unit": self.unit,
            "count": len(self.values),
            "median": self.median,
            "p95": self.p95,
            "best": self.best,
            "worst": self.worst,
            "values": self.values,
        }


def shown(value: float) -> str:
    """A measurement with three digits that mean something: 0.123, 12.3, 1,234."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return (
        f"{value:.1f}"
        if abs(value) >= 10
        else f"{value:.2f}"
        if abs(value) >= 1
        else f"{value:.3f}"
    )
