"""From which confidence may one act, from which ask back? What the supervisor's examples say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np

from speech.cross_validation import HeldOut

Answer = Literal["act", "confirm", "unknown"]

ACT_QUANTILE = 0.20  # this share of the examples, not learned from, is less sure and asked back
CONFIRM_QUANTILE = 0.05  # this share is not even asked back
RIGHT = 0.90  # of the examples that would be acted on, at least so many must be understood rightly


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The confidences from which to act and to ask back; between 0 and 1, the first the higher."""

    act: float
    confirm: float

    @classmethod
    def of(cls, confidences: Sequence[float], right: Sequence[bool]) -> Self:
        """From the confidences in examples the classifier had not learned from, and whether it was
        right about each. Where too few of the surest four fifths were right, one acts on fewer: at
        the least on what is as sure as the surest of them, such as an example said word for word.
        """
        if not len(confidences):
            return cls(1.0, 1.0)  # nothing is known: never act
        sure = np.asarray(confidences, dtype=np.float64)
        act, confirm = np.quantile(sure, [ACT_QUANTILE, CONFIRM_QUANTILE])
        order = np.argsort(-sure, kind="stable")
        shares = np.cumsum(np.asarray(right)[order]) / np.arange(1, len(sure) + 1)
        enough = np.flatnonzero(shares >= RIGHT)
        surest = sure[order[enough[-1] if len(enough) else 0]]
        return cls(float(max(act, surest)), float(confirm))

    @classmethod
    def of_held_out(cls, held: HeldOut, places: Iterable[int] | None = None) -> Self:
        """From cross-validation, of all examples or those at `places`.

        What had no example of its intent to be understood by is left out.
        """
        chosen = [at for at in (places or range(len(held.fair))) if held.fair[at]]
        sure, right = held.opinion.confidence[chosen], [held.right[at] for at in chosen]
        return cls.of(sure.tolist(), right)

    def answer(self, confidence: float) -> Answer:
        """What to do at this confidence."""
        if confidence >= self.act:
            return "act"
        return "confirm" if confidence >= self.confirm else "unknown"
