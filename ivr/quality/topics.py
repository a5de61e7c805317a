"""What do callers ask for that no intent covers? Like sentences together, as candidates for intents.

Sentences that the hotline's own classifier is sure of are left out; the others are compared by the
traits it tells intents apart by (TF-IDF of words and runs of characters) and joined bottom-up
(average linkage) as long as they are alike. A cluster is a candidate, not an intent: people judge.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from ivr.store.reviews import Said
from speech.features import Traits
from speech.sentences import is_unspaced, plain

MOST = 2500
"""Sentences of a language that are compared, the newest: each with each."""
SHORTEST, LONGEST = 6, 200  # letters of a sentence that asks for something; a syllable counts three
SYLLABLE = 3
APART = 0.85
"""Cosine distance from which sentences are about different things."""
LEAST = 3  # talks in which something must be asked for
EXAMPLES, NAMED = 4, 3

Covered = Callable[[str, str], bool]
"""Whether an intent covers a sentence in a language."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Sentences about the same thing: the words that set it apart, in how many talks it was asked
    for, and the sentences nearest to its middle."""

    language: str
    words: tuple[str, ...]
    talks: int
    examples: tuple[str, ...]


def topics(said: Sequence[Said], covered: Covered) -> list[Topic]:
    """What is asked for and not covered, in the most talks first."""
    found: list[Topic] = []
    for language in sorted({one.language for one in said}):
        found += _of([one for one in said if one.language == language], language, covered)
    return sorted(found, key=lambda topic: (-topic.talks, topic.language, topic.words))


def _of(said: Sequence[Said], language: str, covered: Covered) -> list[Topic]:
    # The same sentence said twice in one talk asks for nothing more.
    once = {(one.recording, plain(one.text)): one for one in said}
    asked = [one for (_, text), one in once.items() if _asks(text)]
    asked = [one for one in asked[-MOST:] if not covered(one.text, language)]
    if len(asked) < LEAST:
        return []
    texts = [one.text for one in asked]
    rows = Traits(texts).of(texts)
    likeness = np.asarray((rows @ rows.T).todense())
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=APART
    )
    labels = clustering.fit_predict(np.clip(1.0 - likeness, 0.0, None))
    common = Counter(word for text in texts for word in set(plain(text).split()))
    found = []
    for label in range(int(labels.max()) + 1):
        members = np.flatnonzero(labels == label)
        talks = len({asked[place].recording for place in members})
        if talks >= LEAST:
            order = members[np.argsort(-likeness[np.ix_(members, members)].mean(axis=1))]
            near = dict.fromkeys(texts[place] for place in order)
            words = _words([texts[place] for place in members], common, len(texts))
            found.append(Topic(language, words, talks, tuple(near)[:EXAMPLES]))
    return found


def _asks(text: str) -> bool:
    """Whether a sentence is long enough to ask for something, and short enough to be one."""
    length = len(text) * (SYLLABLE if is_unspaced(text) or "가" <= text[:1] <= "힣" else 1)
    return length >= SHORTEST and len(text) <= LONGEST


def _words(texts: Sequence[str], common: Counter[str], whole: int) -> tuple[str, ...]:
    """The words of these sentences that the others do not have."""
    own = Counter(word for text in texts for word in set(plain(text).split()))
    weight = {
        word: count * math.log((1 + whole) / common[word])
        for word, count in own.items()
        if count > 1 or len(own) <= NAMED
    }
    return tuple(sorted(weight, key=lambda word: (-weight[word], word))[:NAMED])
