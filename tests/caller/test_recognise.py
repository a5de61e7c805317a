"""A caller's age, language and standing follow from the number and the profile."""

from datetime import date

import pytest

from ivr.caller import (
    CallingNumber,
    Profile,
    age_on,
    parse_number,
    recognise,
)
from ivr.errors import BadInput
from ivr.tongues import guess_language, languages_of

SERVED = ("zh", "en", "ja", "ru", "ko")
TODAY = date(2026, 11, 21)
WANG = Profile(
    "+8613800138000", name="王秀英", birth=date(1950, 3, 7), languages=("zh",), tier="gold"
)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1950, 3, 7), date(2026, 3, 6), 75),
        (date(1950, 3, 7), date(2026, 3, 7), 76),
        (date(1966, 12, 31), date(2026, 12, 30), 59),
        (date(1966, 12, 31), date(2026, 12, 31), 60),
        (date(1964, 2, 29), date(2026, 2, 28), 61),
        (date(1964, 2, 29), date(2026, 3, 1), 62),
        (date(1964, 2, 29), date(2024, 2, 28), 59),
        (date(1964, 2, 29), date(2024, 2, 29), 60),
        (date(2026, 11, 21), date(2026, 11, 21), 0),
    ],
)
def test_age_changes_on_the_birthday(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


def test_nobody_has_an_age_before_being_born() -> None:
    with pytest.raises(ValueError, match="after"):
        age_on(date(2026, 1, 2), date(2026, 1, 1))
    unborn = Profile("+8613800138000", birth=date(2030, 1, 1))
    caller = recognise(parse_number(unborn.number, "CN"), unborn, TODAY, SERVED, "CN")
    assert caller.age is None


def test_a_known_caller_is_recognised_with_age_language_and_tier() -> None:
    caller = recognise(parse_number("13800138000", "CN"), WANG, TODAY, SERVED, "CN")
    assert (caller.known, caller.name, caller.age, caller.tier) == (True, "王秀英", 76, "gold")
    assert (caller.language, caller.language_guessed) == ("zh", False)
    assert caller.masked == "•••• 8000"


def test_who_speaks_a_dialect_is_served_in_its_language_and_the_dialect_is_known() -> None:
    chan = Profile("+8613800138001", languages=("yue", "en"))
    caller = recognise(parse_number(chan.number, "CN"), chan, TODAY, SERVED, "CN")
    assert (caller.language, caller.dialect) == ("zh", "yue")
    assert recognise(parse_number(WANG.number, "CN"), WANG, TODAY, SERVED, "CN").dialect == ""


def test_the_first_language_of_the_profile_that_is_served_is_spoken() -> None:
    lars = Profile("+4532123456", languages=("da", "ru", "en"))
    caller = recognise(parse_number(lars.number, "CN"), lars, TODAY, SERVED, "CN")
    assert (caller.language, caller.language_guessed) == ("ru", False)


def test_a_caller_none_of_whose_languages_is_served_hears_english_as_a_guess() -> None:
    lars = Profile("+8613800138000", languages=("da",))
    number = parse_number(lars.number, "CN")
    caller = recognise(number, lars, TODAY, SERVED, "CN")
    assert (caller.language, caller.language_guessed) == ("en", True)
    without_english = recognise(number, lars, TODAY, ("zh", "ja"), "CN")
    assert (without_english.language, without_english.language_guessed) == ("zh", True)


def test_a_profile_without_languages_leaves_the_country_to_guess_by() -> None:
    yuki = Profile("+81312345678", name="Yuki")
    caller = recognise(parse_number(yuki.number, "CN"), yuki, TODAY, SERVED, "CN")
    assert (caller.known, caller.language, caller.language_guessed) == (True, "ja", True)


@pytest.mark.parametrize("shown", ["", "anonymous", "8001", "1-800-FLOWERS"])
def test_a_caller_without_a_number_hears_the_default_language_as_a_guess(shown: str) -> None:
    caller = recognise(parse_number(shown, "CN"), None, TODAY, SERVED, "CN")
    assert (caller.number, caller.known, caller.age) == (None, False, None)
    assert (caller.language, caller.language_guessed) == ("zh", True)
    assert caller.masked == f"{caller.kind} number"


@pytest.mark.parametrize(
    ("country", "language"),
    [
        ("JP", "ja"),
        ("KR", "ko"),
        ("RU", "ru"),
        ("KZ", "ru"),
        ("BY", "ru"),
        ("HK", "zh"),
        ("TW", "zh"),
        ("GB", "en"),
        ("US", "en"),
        ("SG", "en"),
        ("DK", "en"),  # Danish is not served
        ("AQ", "en"),
        ("CN", "zh"),
        (None, "zh"),
    ],
)
def test_a_stranger_hears_the_language_of_their_country_if_it_is_served(
    country: str | None, language: str
) -> None:
    assert guess_language(country, SERVED, "CN") == language


def test_a_dane_hears_danish_where_danish_is_served() -> None:
    assert guess_language("DK", ("zh", "en", "da"), "CN") == "da"


def test_a_country_of_several_languages_gives_the_most_spoken_one_that_is_served() -> None:
    assert guess_language("CH", ("zh", "it", "fr"), "CN") == "fr"


def test_without_english_a_stranger_hears_the_default() -> None:
    assert guess_language("DK", ("ja", "zh"), "CN") == "ja"


def test_callers_from_the_hotlines_own_country_hear_its_default_language() -> None:
    assert guess_language("HK", ("en", "zh"), "HK") == "en"


def test_languages_are_primary_tags() -> None:
    assert languages_of("DK") == ("da",)
    assert languages_of("HK") == ("zh", "en")
    assert languages_of("US") == ("en",)


@pytest.mark.parametrize("number", ["13800138000", "+0123", "", "+86138001380001234", "+86\n"])
def test_a_profile_without_an_international_number_cannot_be_made(number: str) -> None:
    with pytest.raises(BadInput, match="international form"):
        Profile(number)


def test_a_callers_number_is_not_in_the_complaint_about_it() -> None:
    with pytest.raises(BadInput) as raised:
        Profile("13912345678")
    assert "13912345678" not in str(raised.value)


def test_a_number_of_no_country_guesses_nothing() -> None:
    caller = recognise(CallingNumber("+80012345678", "number"), None, TODAY, SERVED, "CN")
    assert (caller.language, caller.country) == ("zh", None)
