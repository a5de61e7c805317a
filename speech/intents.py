"""What does a caller want? A sentence becomes an intent, or the knowledge that it is not known.

A classifier is learned from a handful of example sentences for each intent, in seconds, when a
version of the hotline goes live. It is kept nowhere: a stored model would be code from outside.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from ivr.errors import BadInput
from speech.cross_validation import held_out
from speech.encoder import Encoder
from speech.judges import Array, Judge, Sentences, taught
from speech.opinion import Opinion, opinion
from speech.sentences import plain
from speech.thresholds import Answer, Thresholds

MOST_READ = 300  # characters of a sentence; nobody says more before it is known what is wanted
MOST_READINGS = 4
HALVED = 0.5  # the weight of each further reading
BECAUSE = 3  # examples that are named


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
        encoder: Encoder | None,
    ) -> None:
        self.examples = tuple(examples)
        self.intents = tuple(sorted({example.intent for example in examples}))
        self.thresholds = thresholds
        self._judges = tuple(judges)
        self._encoder = encoder

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
        intents = [example.intent for example in known]
        if len(set(intents)) < 2:
            raise BadInput(
                "There are examples of fewer than two intents, and nothing to tell apart. Write "
                "at least two intents with a few sentences each."
            )
        sentences = Sentences.of([example.sentence for example in known], encoder)
        thresholds = Thresholds.of_held_out(held_out(sentences, intents, seed))
        return cls(known, taught(sentences, intents), thresholds, encoder)

    def understand(
        self,
        text: str,
        language: str,
        others: Sequence[str] = (),
        among: Collection[str] | None = None,
    ) -> Understood:
        """What `text`, said in `language`, asks for.

        `others` are further readings of the same sound, best first; each counts half as much as the
        one before it. `among` are the intents that mean something at this point; what is said may
        still be none of them.
        """
        readings = [one[:MOST_READ] for one in (text, *others[:MOST_READINGS]) if plain(one)]
        allowed = [at for at, one in enumerate(self.intents) if among is None or one in among]
        if not readings or not allowed:
            return Understood("unknown", None, 0.0, (), ())
        held = self.opinion(readings).weighed([HALVED**place for place in range(len(readings))])
        chances = held.probabilities[0]
        order = sorted(allowed, key=lambda at: -held.scores[0, at])
        ranking = tuple((self.intents[at], float(chances[at])) for at in order)
        best = order[0]
        # Where something else is meant than may be meant here, its score is low, and so is this.
        confidence = float(held.confidence_in(best)[0])
        answer = self.thresholds.answer(confidence)
        because = self._because(held.likeness[0], self.intents[best])
        chosen = None if answer == "unknown" else self.intents[best]
        return Understood(answer, chosen, confidence, because, ranking)

    def opinion(self, texts: Sequence[str]) -> Opinion:
        """What is thought of many sentences at once; the columns are `intents`, then `examples`."""
        return opinion(self._judges, Sentences.of(texts, self._encoder))

    def _because(self, likeness: Array, intent: str) -> tuple[Example, ...]:
        """The examples nearest to what was said, those of `intent` first."""
        order = sorted(
            range(len(self.examples)),
            key=lambda at: (self.examples[at].intent != intent, -likeness[at]),
        )
        return tuple(
            self.examples[at]._replace(likeness=round(float(likeness[at]), 3))
            for at in order[:BECAUSE]
        )
