"""Phrases that sound alike are found, whatever they look like."""

import pytest

from speech.alike import NEAR, SAME, alike


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("转账", "专账", "zh"),
        ("挂失", "挂是", "zh"),
        ("我的卡。", "我 的 卡", "zh"),
        ("はし", "ハシ", "ja"),
        ("phone bank", "fone bank", "en"),
        ("карова", "корова", "ru"),
    ],
)
def test_what_sounds_the_same_is_the_same(one: str, other: str, language: str) -> None:
    assert alike(one, other, language) >= SAME


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [("I lost my card", "I lost my cart", "en"), ("카드 분실", "카드 분식", "ko")],
)
def test_what_is_nearly_the_same_is_near(one: str, other: str, language: str) -> None:
    assert NEAR <= alike(one, other, language) < SAME


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("查余额", "查明细", "zh"),
        ("对", "不对", "zh"),
        ("네", "아니요", "ko"),
        ("yes", "no", "en"),
        ("баланс", "перевод", "ru"),
        ("残高", "振込", "ja"),
    ],
)
def test_what_is_told_apart_is_not(one: str, other: str, language: str) -> None:
    assert alike(one, other, language) < NEAR
