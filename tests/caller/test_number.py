"""What the switch shows as the calling number is understood, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.caller import E164, LONGEST_RAW, CallingNumber, mask, parse_number


@pytest.mark.parametrize(
    "shown",
    [
        "13800138000",
        "+8613800138000",
        "+86 138 0013 8000",
        "008613800138000",
        "8613800138000",
        "013800138000",
        "138-0013-8000",
        "１３８００１３８０００",
        "\u202d+8613800138000\u202c",
        "sip:+8613800138000@carrier.example;user=phone",
        "sips:13800138000@10.0.0.1:5061",
        "sip:%2B8613800138000@carrier.example",
        "tel:+86-138-0013-8000",
        '"王秀英" <sip:+8613800138000@carrier.example>;tag=76ya',
        "Wang Xiuying <13800138000>",
        "13800138000@carrier.example",
    ],
)
def test_a_mobile_is_the_same_mobile_however_the_carrier_writes_it(shown: str) -> None:
    assert parse_number(shown, "CN") == CallingNumber("+8613800138000", "number", "CN")


@pytest.mark.parametrize(
    ("shown", "number", "country"),
    [
        ("+4532123456", "+4532123456", "DK"),
        ("004532123456", "+4532123456", "DK"),
        ("010-12345678", "+861012345678", "CN"),
        ("02112345678", "+862112345678", "CN"),
        ("400-810-8888", "+864008108888", "CN"),
        ("+1 416 555 0123", "+14165550123", "CA"),
        ("+85223456789", "+85223456789", "HK"),
        ("+80012345678", "+80012345678", None),  # freephone of no country
    ],
)
def test_lines_and_foreign_numbers_have_their_country(
    shown: str, number: str, country: str | None
) -> None:
    assert parse_number(shown, "CN") == CallingNumber(number, "number", country)


@pytest.mark.parametrize("home", ["US", "JP", "KR", "DK"])
def test_00_means_international_also_where_the_country_dials_otherwise(home: str) -> None:
    assert parse_number("008613800138000", home).number == "+8613800138000"


def test_a_national_number_is_read_as_one_of_the_hotlines_country() -> None:
    assert parse_number("32123456", "DK").number == "+4532123456"
    assert parse_number("32123456", "CN").kind == "short"  # a line without its area code


def test_a_number_newer_than_the_tables_is_still_a_number() -> None:
    assert parse_number("+8612345678901", "CN").number == "+8612345678901"


def test_a_dialling_code_of_a_carrier_is_not_cut_off_to_make_a_number() -> None:
    assert parse_number("1234567890123456", "CN").kind == "unusable"


@pytest.mark.parametrize(
    "shown",
    [
        *["", " ", "anonymous", "Anonymous", "ANONYMOUS", "unknown", "restricted", "unavailable"],
        *["private", "Private", "withheld", "<unknown>", "Number Unavailable", "0", "0000000000"],
        *["sip:anonymous@anonymous.invalid", "anonymous@anonymous.invalid", "-", "_", "匿名"],
        '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1',
    ],
)
def test_a_hidden_number_is_withheld(shown: str) -> None:
    assert parse_number(shown, "CN") == CallingNumber(None, "withheld")


@pytest.mark.parametrize("shown", ["8001", "110", "95588", "12345678", "7", "sip:8001@10.0.0.1"])
def test_extensions_and_service_numbers_are_short(shown: str) -> None:
    assert parse_number(shown, "CN") == CallingNumber(None, "short")


@pytest.mark.parametrize(
    "shown",
    [
        *["1-800-FLOWERS", "sip:alice@example.com", "bob", "+", "++4532123456", "+86", "+86110"],
        *["#31#13800138000", "*55", "13800138000x5", "1380013800O", "+999123456789", "12e10"],
        "13800138000\r\nAction: Originate",
        "13800138000\r\n",
        "138\0" + "00138000",
        "sip:13800138000%0d%0aAction: Originate@x",
        "${EXTEN}",
        "$(reboot)",
        "'; DROP TABLE callers; --",
        '"; System("rm") ; "',
        "\ud83d13800138000",
        "13800138000�",
        "٠١٢٣٤٥٦٧٨٩٠",  # digits of another script are a forger's, not a carrier's
        "9" * 10_000,
        "1" * (LONGEST_RAW + 1),
        "9" * 16,
    ],
)
def test_what_is_forged_or_broken_is_unusable(shown: str) -> None:
    assert parse_number(shown, "CN") == CallingNumber(None, "unusable")


@given(st.text(max_size=40) | st.text("+0123456789-() ;@<>:sipte", max_size=40))
def test_whatever_is_sent_a_number_is_e164_or_there_is_none(shown: str) -> None:
    parsed = parse_number(shown, "CN")
    if parsed.kind == "number":
        assert parsed.number is not None
        assert E164.fullmatch(parsed.number)
        assert parse_number(parsed.number, "DK").number == parsed.number
    else:
        assert parsed.number is None
        assert parsed.country is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613800138000", "•••• 8000"),
        ("95588", "••••"),
        ("1234567", "••••"),
        ("", "••••"),
        ("\x1b[31m+8613800138000\r\n", "•••• 8000"),
    ],
)
def test_a_log_shows_the_last_four_digits_of_a_long_number_and_nothing_else(
    number: str, shown: str
) -> None:
    assert mask(number) == shown
