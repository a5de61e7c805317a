"""How probable is each intent? Judged by the wording of a sentence, or by its meaning.

Each judge learns from examples and afterwards tells, for any sentences, the probability of every
intent and the likeness to every example.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from speech.encoder import Encoder, Vectors
from speech.features import Traits

Array = npt.NDArray[np.float64]


class Judge(Protocol):
    """One way of telling intents apart."""

    def probabilities(self, sentences: Sequence[str]) -> Array:
        """Rows for the sentences, columns for the intents in the order of their names; sums 1."""
        ...

    def likeness(self, sentences: Sequence[str]) -> Array:
        """Rows for the sentences, columns for the examples; cosines."""
        ...


class ByWording:
    """Words and runs of characters, weighed by how rare they are."""

    STRENGTH = 10.0  # C of the regression

    def __init__(self, sentences: Sequence[str], intents: Sequence[str]) -> None:
        self._traits = Traits(sentences)
        self._examples = self._traits.of(sentences)
        self._model = LogisticRegression(C=self.STRENGTH, max_iter=300)
        self._model.fit(self._examples, intents)

    def probabilities(self, sentences: Sequence[str]) -> Array:
        """See `Judge`."""
        return np.asarray(self._model.predict_proba(self._traits.of(sentences)))

    def likeness(self, sentences: Sequence[str]) -> Array:
        """See `Judge`."""
        # Two halves, each of length 1, stand in a row.
        return np.asarray((self._traits.of(sentences) @ self._examples.T).toarray()) / 2


class ByMeaning:
    """A sentence encoder's vectors: they are alike for the same question in other words."""

    STRENGTH = 10.0

    def __init__(self, encoder: Encoder, examples: Vectors, intents: Sequence[str]) -> None:
        self._encoder = encoder
        self._examples = examples
        self._model = LogisticRegression(C=self.STRENGTH, max_iter=300)
        self._model.fit(examples, intents)

    def probabilities(self, sentences: Sequence[str]) -> Array:
        """See `Judge`."""
        return np.asarray(self._model.predict_proba(self._encoder.encode(sentences)))

    def likeness(self, sentences: Sequence[str]) -> Array:
        """See `Judge`."""
        return np.asarray(self._encoder.encode(sentences) @ self._examples.T, dtype=np.float64)
