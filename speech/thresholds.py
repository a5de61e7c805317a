"""From which confidence may one act, from which ask back? What the supervisor's examples say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Answer = Literal["act", "confirm", "unknown"]

ACT_QUANTILE = 0.20  # of examples that were not learned from, this share is surer to be asked back
CONFIRM_QUANTILE = 0.05  # and this share is taken for something else entirely


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The confidences from which to act and to ask back; between 0 and 1, the first the higher."""

    act: float
    confirm: float

    @classmethod
    def of(cls, confidences: Sequence[float]) -> "Thresholds":
        """From the confidences in examples the classifier had not learned from."""
        act, confirm = np.quantile(np.asarray(confidences), [ACT_QUANTILE, CONFIRM_QUANTILE])
        return cls(float(act), float(confirm))

    def answer(self, confidence: float) -> Answer:
        """What to do at this confidence."""
        if confidence >= self.act:
            return "act"
        return "confirm" if confidence >= self.confirm else "unknown"
