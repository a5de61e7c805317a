"""What was heard is compared with the phrases that mean something."""

import pytest

from speech.matching import ACCEPTED, Phrases

CARD = ("카드를 잃어버렸어요", "잔액을 확인하고 싶어요", "상담원 연결해 주세요")


@pytest.mark.parametrize(
    ("heard", "phrases", "expected"),
    [
        ("카드 를 잃어버렸어요", CARD, CARD[0]),
        ("상담원 연결 주세요", CARD, CARD[2]),
        ("I lost my card!", ("my balance", "I lost my card"), "I lost my card"),
        ("人 工", ("人工", "余额"), "人工"),
        ("Оператор.", ("оператор",), "оператор"),
        ("オペレーター", ("オペレーター",), "オペレーター"),
    ],
)
def test_what_is_nearly_a_phrase_is_that_phrase(
    heard: str, phrases: tuple[str, ...], expected: str
) -> None:
    best = Phrases(phrases).closest(heard)[0]
    assert best.phrase == expected
    assert best.likeness >= ACCEPTED


@pytest.mark.parametrize("heard", ["날씨가 좋네요", "", "   ", "?!"])
def test_what_is_like_no_phrase_is_not_accepted(heard: str) -> None:
    assert all(match.likeness < ACCEPTED for match in Phrases(CARD).closest(heard))


def test_of_two_that_are_as_like_the_first_is_taken() -> None:
    best = Phrases(("my cart", "my card", "My card.")).closest("my card")[0]
    assert (best.phrase, best.likeness) == ("my card", 100.0)
