"""Only ordinary numbers of the hotline's own country are rung because a caller asks for it."""

import pytest

from ivr.dialable import as_dialled, may_be_rung


@pytest.mark.parametrize(
    ("keyed", "rung"),
    [
        ("13955500001", "+8613955500001"),
        ("+8613955500001", "+8613955500001"),
        ("01062345678", "+861062345678"),
        ("02164321234", "+862164321234"),
    ],
)
def test_mobile_and_fixed_numbers_are_rung(keyed: str, rung: str) -> None:
    assert may_be_rung(keyed, "CN") == rung


@pytest.mark.parametrize(
    "keyed",
    [
        "16812345",  # a premium service
        "4008123456",  # shared cost
        "8008101234",  # toll-free
        "110",
        "95588",
        "0085223456789",  # Hong Kong
        "+4533123456",
        "001900123456",
        "0",
        "",
        "#31#13955500001",
        "13955500001,,1",
        "1395550000",
    ],
)
def test_no_others_are(keyed: str) -> None:
    assert may_be_rung(keyed, "CN") is None


def test_a_number_of_another_country_is_none_of_the_hotlines() -> None:
    assert may_be_rung("+8613955500001", "RU") is None


def test_numbers_are_dialled_as_in_their_own_country() -> None:
    assert as_dialled("+8613955500001") == "13955500001"
    assert as_dialled("+861062345678") == "01062345678"
