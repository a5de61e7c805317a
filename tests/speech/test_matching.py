"""What was heard is compared with the phrases that mean something."""

import pytest

from speech.matching import likeness, match, plain

CARD = ("카드를 잃어버렸어요", "잔액을 확인하고 싶어요", "상담원 연결해 주세요")


@pytest.mark.parametrize(
    ("heard", "language", "phrases", "expected"),
    [
        ("카드 를 잃어버렸어요", "ko", CARD, CARD[0]),
        ("상담원 연결 주세요", "ko", CARD, CARD[2]),
        ("I lost my card!", "en", ("my balance", "I lost my card"), "I lost my card"),
        ("人 工", "zh", ("人工", "余额"), "人工"),
        ("Оператор.", "ru", ("оператор",), "оператор"),
        ("オペレーター", "ja", ("オペレーター",), "オペレーター"),
    ],
)
def test_what_is_nearly_a_phrase_is_that_phrase(
    heard: str, language: str, phrases: tuple[str, ...], expected: str
) -> None:
    found = match(heard, phrases, language)
    assert found is not None
    assert found.phrase == expected


@pytest.mark.parametrize("heard", ["날씨가 좋네요", "", "   ", "?!"])
def test_what_is_like_no_phrase_is_none(heard: str) -> None:
    assert match(heard, CARD, "ko") is None


def test_the_likest_phrase_is_taken_and_of_two_as_like_the_first() -> None:
    found = match("my card", ("my cart", "my card", "My card."), "en")
    assert found is not None
    assert (found.phrase, found.likeness) == ("my card", 1.0)


def test_spaces_say_nothing_where_words_are_not_parted_by_them() -> None:
    assert plain("转 人工。", "zh") == "转人工"
    assert plain("  Lost   card, please ", "en") == "lost card please"
    assert likeness("not able", "notable", "en") < 1.0
