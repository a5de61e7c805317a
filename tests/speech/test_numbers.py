"""Numbers are read back from the words that libraries write for them."""

from datetime import date

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from speech.slots import Amount, Date, Digits, Kind, Name, Time, YesNo, find
from speech.slots.numbers import numbers_in

LANGUAGES = ("zh", "en", "ja", "ru", "ko")
NUMBERS = st.integers(0, 99) | st.integers(0, 99_999) | st.integers(0, 10**9 - 1)
EVERYTHING: dict[str, Kind] = {
    "digits": Digits(),
    "amount": Amount(),
    "day": Date(),
    "time": Time(),
    "yes": YesNo(),
    "who": Name(("Johnson", "王小明")),
}


def in_words(number: int, language: str) -> str:
    """`number` as a library writes it, ё as е and without commas."""
    if language == "zh":
        return str(cn2an.an2cn(number))
    said = str(num2words(number, lang=language))
    return said.replace("ё", "е").replace(",", "")


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=75)
@given(number=NUMBERS)
def test_a_number_in_words_is_read_as_that_number(language: str, number: int) -> None:
    assert [int(one.value) for one in numbers_in(in_words(number, language), language)] == [number]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=50)
@given(digits=st.lists(st.integers(0, 9), min_size=4, max_size=12))
def test_digits_dictated_one_by_one_are_one_number(language: str, digits: list[int]) -> None:
    said = " ".join(in_words(digit, language) for digit in digits)
    found = find(said, language, {"number": Digits(4, 12)}, date(2026, 11, 18))
    assert found["number"].value == "".join(map(str, digits))


ALPHABET = st.sampled_from(
    "0123456789 ,.:-$€¥%一二三十百千万零两点半分元块年月日号星期下午明天円時曜来週원시분일월다음주만"
    "aeiouthndpmrублейзавтр½①Ⅳß\u0301\u200b\u1810٣"
)


@settings(max_examples=150)
@given(
    text=st.text(ALPHABET, max_size=60) | st.text(max_size=40), language=st.sampled_from(LANGUAGES)
)
def test_whatever_is_said_what_is_found_stands_in_the_sentence(text: str, language: str) -> None:
    for value in find(text, language, EVERYTHING, date(2026, 11, 18)).values():
        assert 0 <= value.start < value.end <= len(text)
        assert text[value.start : value.end] == value.text


def test_a_language_nobody_taught_finds_figures_and_no_words() -> None:
    found = find("call 1234", "sw", {"number": Digits(4, 4), "ok": YesNo()}, date(2026, 11, 18))
    assert {name: value.value for name, value in found.items()} == {"number": "1234"}
