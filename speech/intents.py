"""What does a caller want? A sentence becomes an intent, or the knowledge that it is not known.

A classifier is learned from a handful of example sentences for each intent, in seconds, when a
version of the hotline goes live. It is kept nowhere: a stored model would be code from outside.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from ivr.errors import BadInput
from speech.encoder import Encoder
from speech.judges import ByMeaning, ByWording, Judge
from speech.sentences import plain
from speech.thresholds import Answer, Thresholds

FOLDS = 5
MOST_READ = 300  # characters of a sentence; nobody says more before it is known what is wanted
BECAUSE = 3  # examples that are named

Array = npt.NDArray[np.float64]


class Example(NamedTuple):
    """A sentence the supervisor wrote, and how like it is to what was said (0 to 1)."""

    intent: str
    language: str
    sentence: str
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Understood:
    """What a caller wants: `intent`, to act on or to ask back about; None where it is unknown.

    `because` are the examples most like what was said, of the intent first; `ranking` every intent
    with its probability, best first.
    """

    answer: Answer
    intent: str | None
    confidence: float
    because: tuple[Example, ...]
    ranking: tuple[tuple[str, float], ...]


class Classifier:
    """Tells intents apart; made by `train`. Use from one thread at a time, off the event loop."""

    def __init__(
        self,
        examples: Sequence[Example],
        judges: Sequence[Judge],
        thresholds: Thresholds,
    ) -> None:
        self.examples = tuple(examples)
        self.intents = tuple(sorted({example.intent for example in examples}))
        self.thresholds = thresholds
        self._judges = tuple(judges)

    @classmethod
    def train(
        cls,
        examples: Mapping[str, Sequence[tuple[str, str]]],
        encoder: Encoder | None = None,
        seed: int = 0,
    ) -> Self:
        """Learn from the examples of each intent, as (language, sentence).

        The same examples and seed make the same classifier. Raises `BadInput` unless there are two
        intents with an example each.
        """
        known = [
            Example(intent, language, sentence)
            for intent, given in examples.items()
            for language, sentence in given
        ]
        if len({example.intent for example in known}) < 2:
            raise BadInput(
                "There are examples of fewer than two intents, and nothing to tell apart. Write "
                "at least two intents with a few sentences each."
            )
        sentences = [example.sentence for example in known]
        intents = [example.intent for example in known]
        thresholds = Thresholds.of(held_out_confidences(sentences, intents, encoder, seed))
        return cls(known, judges(sentences, intents, encoder), thresholds)

    def understand(
        self,
        text: str,
        language: str,
        others: Sequence[str] = (),
        among: Collection[str] | None = None,
    ) -> Understood:
        """What `text`, said in `language`, asks for.

        `others` are further readings of the same sound, best first. `among` are the intents that
        mean something at this point; what is said may still be none of them.
        """
        readings = [reading[:MOST_READ] for reading in (text, *others) if plain(reading)]
        if not readings:
            return Understood("unknown", None, 0.0, (), ())
        weights = 1.0 / np.arange(1, len(readings) + 1)
        weights /= weights.sum()
        probable = weights @ agreed([one.probabilities(readings) for one in self._judges])
        ranking = sorted(
            (
                (intent, float(share))
                for intent, share in zip(self.intents, probable, strict=True)
                if among is None or intent in among
            ),
            key=lambda ranked: -ranked[1],
        )
        if not ranking:
            return Understood("unknown", None, 0.0, (), ())
        intent, confidence = ranking[0]
        answer = self.thresholds.answer(confidence)
        because = tuple(self._because(weights, readings, intent))
        chosen = None if answer == "unknown" else intent
        return Understood(answer, chosen, confidence, because, tuple(ranking))

    def _because(self, weights: Array, readings: Sequence[str], intent: str) -> Iterator[Example]:
        """The examples nearest to what was said, those of `intent` first."""
        alike = weights @ np.mean([one.likeness(readings) for one in self._judges], axis=0)
        order = sorted(
            range(len(self.examples)),
            key=lambda at: (self.examples[at].intent != intent, -alike[at]),
        )
        for at in order[:BECAUSE]:
            yield self.examples[at]._replace(likeness=round(float(alike[at]), 3))


def judges(
    sentences: Sequence[str], intents: Sequence[str], encoder: Encoder | None
) -> list[Judge]:
    """The judges there are, taught by these examples."""
    taught: list[Judge] = [ByWording(sentences, intents)]
    if encoder is not None:
        taught.append(ByMeaning(encoder, encoder.encode(sentences), intents))
    return taught


def agreed(opinions: Sequence[Array]) -> Array:
    """What several judges hold together: the mean of their probabilities."""
    return np.asarray(np.mean(opinions, axis=0))


def held_out_confidences(
    sentences: Sequence[str], intents: Sequence[str], encoder: Encoder | None, seed: int
) -> list[float]:
    """How sure the classifier is of its best intent for each example it has not learned from."""
    folds = _folds(intents, seed)
    sure: list[float] = []
    for fold in range(FOLDS):
        learned = [at for at, one in enumerate(folds) if one != fold]
        held = [at for at, one in enumerate(folds) if one == fold]
        if not held or len({intents[at] for at in learned}) < 2:
            continue
        taught = judges([sentences[at] for at in learned], [intents[at] for at in learned], encoder)
        asked = [sentences[at] for at in held]
        sure += agreed([one.probabilities(asked) for one in taught]).max(axis=1).tolist()
    return sure or [1.0]


def _folds(intents: Sequence[str], seed: int) -> list[int]:
    """A fold for each example, such that every intent's are spread over all."""
    chance = np.random.default_rng(seed)
    dealt: dict[str, int] = {}
    folds = [0] * len(intents)
    for at in chance.permutation(len(intents)):
        count = dealt.setdefault(intents[at], 0)
        folds[at] = count % FOLDS
        dealt[intents[at]] = count + 1
    return folds
