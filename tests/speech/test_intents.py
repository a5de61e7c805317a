"""What a caller wants is acted on, asked back about, or known not to be known."""

from collections.abc import Sequence

import numpy as np
import pytest

from ivr.errors import BadInput
from speech.encoder import Vectors
from speech.evaluation import OUT_OF_SCOPE, by_intent, confusable, evaluate
from speech.intents import Classifier, Example
from speech.sentences import plain
from speech.thresholds import Thresholds

SAID = {
    "lost_card": ["I lost my card", "my card was stolen", "I can't find my card", "block my card",
                  "I lost my bank card", "somebody stole my card", "please block the lost card"],
    "balance": ["what is my balance", "how much money do I have", "tell me my account balance",
                "the balance please", "how much is in my account", "what is the account balance"],
    "hours": ["when are you open", "what are your opening hours", "what time do you open",
              "when do you close today", "are you open today", "your opening hours please"],
}  # fmt: skip
EXAMPLES = [Example(intent, "en", sentence) for intent, said in SAID.items() for sentence in said]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.train(by_intent(EXAMPLES))


def test_a_sentence_like_the_examples_is_acted_on_and_says_because_of_which(
    classifier: Classifier,
) -> None:
    understood = classifier.understand("Hello, I have lost my card!", "en")
    assert (understood.answer, understood.intent) == ("act", "lost_card")
    assert understood.because[0].sentence == "I lost my card"
    assert {example.intent for example in understood.because} == {"lost_card"}
    assert understood.ranking[0][0] == "lost_card"
    assert sum(share for _, share in understood.ranking) == pytest.approx(1)


@pytest.mark.parametrize("nonsense", ["", "  ?! ", "qwxz vbnm", "Ж" * 5000])
def test_what_is_like_no_example_is_not_understood(classifier: Classifier, nonsense: str) -> None:
    understood = classifier.understand(nonsense, "en")
    assert (understood.answer, understood.intent) == ("unknown", None)


def test_what_means_something_else_is_not_forced_into_what_is_awaited(
    classifier: Classifier,
) -> None:
    understood = classifier.understand("I lost my card", "en", among=["balance", "hours"])
    assert understood.answer != "act"
    assert {intent for intent, _ in understood.ranking} == {"balance", "hours"}


def test_another_reading_of_the_same_sound_helps(classifier: Classifier) -> None:
    heard = "when are you hoping"
    alone = classifier.understand(heard, "en")
    helped = classifier.understand(
        heard, "en", others=["when are you open", "when are you opening"]
    )
    assert helped.intent == "hours"
    assert helped.confidence > alone.confidence


def test_the_same_examples_make_the_same_classifier() -> None:
    one, other = (Classifier.train(by_intent(EXAMPLES), seed=3) for _ in range(2))
    said = "is the bank open"
    assert one.understand(said, "en") == other.understand(said, "en")
    assert one.thresholds == other.thresholds


def test_one_intent_cannot_be_told_from_nothing() -> None:
    with pytest.raises(BadInput, match="fewer than two intents"):
        Classifier.train({"lost_card": [("en", "I lost my card")]})


def test_two_intents_with_one_example_each_are_told_apart_and_acted_on_word_for_word() -> None:
    classifier = Classifier.train({"a": [("en", "block my card")], "b": [("en", "the balance")]})
    understood = classifier.understand("block my card", "en")
    assert understood.ranking[0][0] == "a"


def test_thresholds_come_from_the_examples_and_ask_back_where_too_many_would_be_wrong() -> None:
    sure = [place / 100 for place in range(1, 101)]
    good = Thresholds.of(sure, [True] * 100)
    assert (good.answer(0.5), good.answer(0.1), good.answer(0.01)) == ("act", "confirm", "unknown")
    assert good.act == pytest.approx(0.208)
    assert good.confirm == pytest.approx(0.0595)
    half = Thresholds.of(sure, [place >= 60 for place in range(100)])
    assert half.act == pytest.approx(0.57)  # from here on nine of ten were right
    none = Thresholds.of(sure, [False] * 100)
    assert (none.answer(1.0), none.answer(0.99)) == ("act", "confirm")


class Colours:
    """An encoder that knows two meanings in any language."""

    RED = ("card", "卡", "карт")

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """The first axis is cards, the second all else, the third tells sentences apart."""
        rows = [
            (float(red), float(not red), len(sentence) % 5 / 5)
            for sentence in sentences
            for red in [any(word in sentence for word in self.RED)]
        ]
        vectors = np.asarray(rows, dtype=np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def test_with_an_encoder_an_intent_written_in_one_language_serves_others() -> None:
    known = {intent: given for intent, given in by_intent(EXAMPLES).items() if intent != "hours"}
    light, whole = Classifier.train(known), Classifier.train(known, Colours())
    assert light.understand("карта потерялась", "ru").answer == "unknown"
    understood = whole.understand("карта потерялась", "ru")
    assert understood.intent == "lost_card"


def test_evaluation_counts_every_sentence_once_and_what_is_out_of_scope_apart() -> None:
    foreign = [Example(OUT_OF_SCOPE, "en", said) for said in ("sing a song", "zebras graze")]
    figures = evaluate([*EXAMPLES, *foreign])
    assert (figures.sentences, figures.intents, figures.out_of_scope) == (19, 3, 2)
    assert figures.act + figures.confirm + figures.unknown == pytest.approx(1)
    assert figures.accuracy > 0.7
    assert figures.acted_out_of_scope == 0
    measured = evaluate(EXAMPLES, [Example("balance", "en", "my account balance please"), *foreign])
    assert (measured.sentences, measured.accuracy, measured.unknown_out_of_scope) == (1, 1.0, 1.0)


def test_confusable_intents_are_named_with_the_examples_to_blame() -> None:
    odd = Example("hours", "en", "tell me my account balance today")
    mistaken = confusable([*EXAMPLES, odd])
    [case] = mistaken["hours", "balance"]
    assert case.example == odd
    assert case.nearest.intent == "balance"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("我 的 卡，丢了", "我的卡丢了"),
        ("Ｉ Lost", "i lost"),
        ("카드를  잃었어요!", "카드를 잃었어요"),
        ("ﾊﾝｶｸ", "ハンカク"),
    ],
)
def test_sentences_that_differ_in_writing_only_are_the_same(one: str, other: str) -> None:
    assert plain(one) == plain(other)
