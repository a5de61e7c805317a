"""How well are examples understood that the classifier has not learned from?

Each example is judged by judges taught with four fifths of the others: what is sure there is as sure
as it will be with callers, since callers are not in the examples either.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from speech.judges import Array, Sentences, taught
from speech.opinion import Opinion, opinion

FOLDS = 5


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What was thought of each example, in their order, by judges that did not know it.

    `taken_for` is the intent it was taken for, `right` whether it was one of that, `nearest` the place
    of the example of that intent it is most like; `fold` is its part of the examples. `fair` is False
    where no example of its own intent was left to learn from.
    """

    opinion: Opinion
    taken_for: tuple[str, ...]
    right: tuple[bool, ...]
    nearest: tuple[int, ...]
    fold: tuple[int, ...]
    fair: tuple[bool, ...]


def held_out(examples: Sentences, intents: Sequence[str], seed: int) -> HeldOut:
    """Judge every example by the others. Needs at least two intents with two examples each."""
    names = sorted(set(intents))
    folds = _folds(intents, seed)
    scores = np.full((len(intents), len(names)), -1.0)
    alike = np.zeros(len(intents))
    nearest = np.zeros(len(intents), dtype=int)
    fair = [False] * len(intents)
    for fold in range(FOLDS):
        known = [at for at, one in enumerate(folds) if one != fold]
        asked = [at for at, one in enumerate(folds) if one == fold]
        there = sorted({intents[at] for at in known})
        if not asked or len(there) < 2:
            continue
        judges = taught(examples.pick(known), [intents[at] for at in known])
        thought = opinion(judges, examples.pick(asked))
        columns = [names.index(name) for name in there]
        scores[np.ix_(asked, columns)] = thought.scores
        alike[asked] = thought.likeness.max(axis=1)
        nearest[asked] = _nearest(thought, known, [there.index(intents[at]) for at in known])
        for at in asked:
            fair[at] = intents[at] in there
    held = Opinion(scores, alike[:, None])
    taken_for = tuple(names[column] for column in held.best.tolist())
    right = tuple(one == other for one, other in zip(taken_for, intents, strict=True))
    return HeldOut(held, taken_for, right, tuple(nearest.tolist()), tuple(folds), tuple(fair))


def _nearest(thought: Opinion, known: Sequence[int], intent_of: Sequence[int]) -> Array:
    """For each sentence the example that is most like it, of those of its best intent."""
    same = np.asarray(intent_of)[None, :] == thought.best[:, None]
    places = np.where(same, thought.likeness, -1.0).argmax(axis=1)
    return np.asarray([known[place] for place in places.tolist()])


def _folds(intents: Sequence[str], seed: int) -> list[int]:
    """A fold for each example, such that every intent's are spread over all."""
    chance = np.random.default_rng(seed)
    dealt: dict[str, int] = {}
    folds = [0] * len(intents)
    for at in chance.permutation(len(intents)).tolist():
        count = dealt.setdefault(intents[at], 0)
        folds[at] = count % FOLDS
        dealt[intents[at]] = count + 1
    return folds
