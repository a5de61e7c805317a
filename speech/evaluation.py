"""How well are sentences understood whose intent is known?

With sentences to test on, the classifier learns from the others; without, by cross-validation, each
sentence judged by what was learned from other sentences and by thresholds found without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from sklearn.metrics import f1_score

from speech.cross_validation import HeldOut, held_out
from speech.encoder import Encoder
from speech.intents import Classifier, Example
from speech.judges import Array, Sentences
from speech.thresholds import Answer, Thresholds

OUT_OF_SCOPE = "out_of_scope"  # the label of sentences that ask for nothing the hotline does
ACCEPTED = 0.95  # of the sentences in scope, where the recall of those out of scope is told


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of sentences in scope, and of those out of scope where there were some; shares of 1.

    `act`, `confirm` and `unknown` are shares of the answers, `right_when_acting` the share of right
    intents among those acted on. `unknown_out_of_scope` and `acted_out_of_scope` are the same
    answers for sentences out of scope; `recall_at_accepted` is the share of them that are less sure
    than 95 % of the sentences in scope. `seconds` is the time it took to learn, once.
    """

    sentences: int
    intents: int
    accuracy: float
    macro_f1: float
    act: float
    confirm: float
    unknown: float
    right_when_acting: float
    seconds: float
    out_of_scope: int = 0
    unknown_out_of_scope: float | None = None
    acted_out_of_scope: float | None = None
    recall_at_accepted: float | None = None


@dataclass(frozen=True, slots=True)
class Mistaken:
    """An example that is taken for another intent, and the example of that intent it is like."""

    example: Example
    nearest: Example


def evaluate(
    train: Sequence[Example],
    test: Sequence[Example] | None = None,
    encoder: Encoder | None = None,
    seed: int = 0,
) -> Evaluation:
    """Learn from `train`, measure on `test`, or on `train` itself by cross-validation.

    Raises `BadInput` where there is too little to learn from.
    """
    known = [one for one in train if one.intent != OUT_OF_SCOPE]
    foreign = [one for one in test or train if one.intent == OUT_OF_SCOPE]
    began = perf_counter()
    classifier = Classifier.train(by_intent(known), encoder, seed)
    seconds = perf_counter() - began
    if test is not None:
        told = [one for one in test if one.intent != OUT_OF_SCOPE]
        thought = classifier.opinion([one.sentence for one in told])
        taken_for = [classifier.intents[column] for column in thought.best.tolist()]
        sure = thought.confidence
        answers = [classifier.thresholds.answer(one) for one in sure.tolist()]
    else:
        told, held = known, _held_out(known, encoder, seed)
        taken_for, sure = list(held.taken_for), held.opinion.confidence
        answers = _answers(held)
    return _figures(told, taken_for, answers, sure, classifier, foreign, seconds)


def confusable(
    examples: Sequence[Example], encoder: Encoder | None = None, seed: int = 0
) -> dict[tuple[str, str], list[Mistaken]]:
    """Which intents are taken for which others, the most often first, by which examples."""
    held = _held_out(examples, encoder, seed)
    mistaken: dict[tuple[str, str], list[Mistaken]] = {}
    for at, (example, taken_for) in enumerate(zip(examples, held.taken_for, strict=True)):
        if not held.right[at] and held.fair[at]:
            one = Mistaken(example, examples[held.nearest[at]])
            mistaken.setdefault((example.intent, taken_for), []).append(one)
    return dict(sorted(mistaken.items(), key=lambda item: -len(item[1])))


def by_intent(examples: Iterable[Example]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The examples as a classifier learns them."""
    given: dict[str, list[tuple[str, str]]] = {}
    for one in examples:
        given.setdefault(one.intent, []).append((one.language, one.sentence))
    return given


def _held_out(examples: Sequence[Example], encoder: Encoder | None, seed: int) -> HeldOut:
    sentences = Sentences.of([one.sentence for one in examples], encoder)
    return held_out(sentences, [one.intent for one in examples], seed)


def _answers(held: HeldOut) -> list[Answer]:
    """The answer to each example, by thresholds from the examples of the other folds."""
    thresholds = {
        fold: Thresholds.of_held_out(held, [at for at, one in enumerate(held.fold) if one != fold])
        for fold in set(held.fold)
    }
    sure = held.opinion.confidence.tolist()
    return [thresholds[fold].answer(one) for fold, one in zip(held.fold, sure, strict=True)]


def _figures(
    told: Sequence[Example],
    taken_for: Sequence[str],
    answers: Sequence[Answer],
    sure: Array,
    classifier: Classifier,
    foreign: Sequence[Example],
    seconds: float,
) -> Evaluation:
    intents = [one.intent for one in told]
    right = np.asarray([one == other for one, other in zip(taken_for, intents, strict=True)])
    acted = np.asarray([answer == "act" for answer in answers])
    figures = Evaluation(
        len(told),
        len(set(intents)),
        float(right.mean()),
        float(f1_score(intents, taken_for, average="macro", zero_division=0)),
        act=answers.count("act") / len(answers),
        confirm=answers.count("confirm") / len(answers),
        unknown=answers.count("unknown") / len(answers),
        right_when_acting=float(right[acted].mean()) if acted.any() else 0.0,
        seconds=seconds,
    )
    if not foreign:
        return figures
    doubted = classifier.opinion([one.sentence for one in foreign]).confidence
    heard = [classifier.thresholds.answer(one) for one in doubted.tolist()]
    return replace(
        figures,
        out_of_scope=len(foreign),
        unknown_out_of_scope=heard.count("unknown") / len(heard),
        acted_out_of_scope=heard.count("act") / len(heard),
        recall_at_accepted=float((doubted < np.quantile(sure, 1 - ACCEPTED)).mean()),
    )
