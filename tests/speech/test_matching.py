"""Which of the phrases that mean something here was said?"""

import pytest

from speech.matching import ACCEPTED, Phrases, Standing
from speech.pieces import pieces, spelled, words

KOREAN = Phrases(["카드를 잃어버렸어요", "상담원 연결해 주세요", "환율을 알고 싶어요"])
ENGLISH = Phrases(["lost card", "lost card abroad", "check my balance"])


def test_a_syllable_heard_half_right_counts_half() -> None:
    heard = KOREAN.closest("한도를 잃어 버렸어요")
    assert heard[0].phrase == "카드를 잃어버렸어요"
    assert heard[0].likeness >= ACCEPTED


def test_blanks_and_capitals_do_not_matter() -> None:
    assert ENGLISH.closest("Check my BALANCE!")[0].likeness == 100


def test_other_words_are_unlike_every_phrase() -> None:
    assert all(match.likeness < ACCEPTED for match in ENGLISH.closest("the weather tomorrow"))
    assert ENGLISH.closest("") == []


@pytest.mark.parametrize(
    ("heard", "standing"),
    [
        ("check my balance", "whole"),
        ("check my", "begun"),
        ("lost card", "begun"),  # "abroad" may follow
        ("lost card abroad", "whole"),
        ("pizza", "other"),
        ("", "other"),
    ],
)
def test_what_was_said_so_far_tells_whether_more_will_follow(
    heard: str, standing: Standing
) -> None:
    assert ENGLISH.standing(heard) == standing


def test_an_unknown_word_is_said_in_the_fewest_known_pieces() -> None:
    known = {"비밀", "번호", "를", "번호를", "비", "밀"}.__contains__
    assert pieces("비밀번호를", known) == ["비밀", "번호를"]
    assert pieces("비밀번호", known) == ["비밀", "번호"]
    assert pieces("통장", known) is None


def test_a_phrase_names_the_words_that_cannot_be_said() -> None:
    known = {"my", "card"}.__contains__
    assert spelled("My card, please!", known) == (["my", "card"], ["please"])


def test_words_are_written_as_vocabularies_do() -> None:
    assert words("What’s my PIN-code?") == ["what's", "my", "pin", "code"]
