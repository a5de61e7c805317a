"""Values are said the way each language says them, and nonsense is not said at all."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.expression import Facts, compile_template
from ivr.flow.spoken_values import NAMES, functions

SAID: list[tuple[str, Mapping[str, str]]] = [
    (
        'amount(1234.5, "CNY")',
        {
            "zh": "一千二百三十四元五角",
            "en": "one thousand, two hundred and thirty-four point five Chinese yuan",
            "ja": "千二百三十四点五中国人民元",
            "ru": "одна тысяча двести тридцать четыре целых пять десятых китайского юаня",
            "ko": "천이백삼십사 점 오 중국 위안화",
        },
    ),
    ('amount("2000.06", "CNY")', {"zh": "两千元零六分"}),
    ('amount(0.5, "CNY")', {"zh": "五角"}),
    ('amount(0, "CNY")', {"zh": "零元", "ru": "ноль китайских юаней"}),
    ('amount(0.1 + 0.2, "CNY")', {"zh": "三角"}),
    ('amount(-21, "RUB")', {"ru": "минус двадцать один российский рубль"}),
    ('amount(1234.4, "JPY")', {"ja": "千二百三十四円"}),
    (
        'date("2026-10-03")',
        {
            "zh": "二〇二六年十月三日",
            "en": "the third of October, twenty twenty-six",
            "ja": "二千二十六年十月みっか",
            "ru": "третье октября две тысячи двадцать шестого года",
            "ko": "이천이십육년 시월 삼일",
            "de": "3. Oktober 2026",
        },
    ),
    (
        'time("20:05")',
        {
            "zh": "晚上八点零五分",
            "en": "eight oh five in the evening",
            "ja": "午後八時五分",
            "ru": "восемь часов пять минут вечера",
            "ko": "저녁 여덟 시 오 분",
        },
    ),
    (
        'time("2026-10-03T14:30:00")',
        {"zh": "下午两点半", "ja": "午後二時半", "ko": "오후 두 시 반"},
    ),
    ('time("09:00")', {"zh": "上午九点", "en": "nine o'clock in the morning"}),
    ("number(22000)", {"zh": "两万两千", "en": "twenty-two thousand"}),
    ("number(120000)", {"zh": "十二万"}),
    ("ordinal(3)", {"zh": "第三", "en": "third", "ja": "三番目", "ru": "третий", "ko": "세 번째"}),
    (
        'digits("1047")',
        {
            "zh": "幺 零 四 七",
            "en": "one zero four seven",
            "ja": "イチ ゼロ ヨン ナナ",
            "ru": "один ноль четыре семь",
            "ko": "일 공 사 칠",
        },
    ),
    ('digits("62220212")', {"zh": "六 二 二 二，零 二 幺 二"}),
    ('phone("+8613800138000")', {"zh": "幺 三 八，零 零 幺 三，八 零 零 零"}),
    ('phone("13800138000")', {"zh": "幺 三 八，零 零 幺 三，八 零 零 零"}),
    ('phone("95588")', {"en": "nine five five eight eight"}),
    ('language_name("ru")', {"zh": "俄语", "en": "Russian", "ko": "러시아어"}),
]


def say(expression: str, language: str, values: Mapping[str, Any] | None = None) -> str:
    return compile_template(f"{{{{ {expression} }}}}").render(
        Facts(values or {}, functions(language))
    )


@pytest.mark.parametrize(
    ("expression", "language", "words"),
    [(call, language, words) for call, said in SAID for language, words in said.items()],
)
def test_a_value_is_said_as_its_language_says_it(
    expression: str, language: str, words: str
) -> None:
    assert say(expression, language) == words


def test_every_function_is_shown() -> None:
    assert {call.partition("(")[0] for call, _ in SAID} == NAMES


@pytest.mark.parametrize(
    "nonsense",
    [
        'amount("much", "CNY")',
        'amount(1, "GOLD")',
        "amount(1, 7)",
        "number(true)",
        'number("1e400")',
        'number("nan")',
        "ordinal(-1)",
        'date("yesterday")',
        'time("25:00")',
        "digits(1.5)",
        "phone(true)",
    ],
)
def test_what_is_no_such_value_is_not_said(nonsense: str) -> None:
    assert say(nonsense, "zh") == ""


@given(value=st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()))
def test_whatever_a_service_answers_no_function_breaks_the_call(value: Any) -> None:
    for name in sorted(NAMES):
        more = ', "CNY"' if name == "amount" else ""
        for language in ("zh", "en", "ja", "ru", "ko"):
            said = say(f"{name}(value{more})", language, {"value": value})
            assert len(said) < 2_000 + 20 * len(str(value))
