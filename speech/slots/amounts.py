"""Which sums of money were named, and in which currency?"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from speech.slots.found import Found
from speech.slots.kinds import Amount
from speech.slots.number import Number
from speech.slots.numbers import numbers_in

# How people call money; a hundredth or a tenth of it stands behind a slash.
_CALLED: dict[str, dict[str, str]] = {
    "zh": {
        "CNY": "元|块钱|块|圆|人民币|元人民币|块人民币", "CNY/10": "毛钱|毛|角", "CNY/100": "分钱|分",
        "USD": "美元|美金|刀", "EUR": "欧元", "JPY": "日元|日圆", "KRW": "韩元|韩币", "RUB": "卢布",
        "HKD": "港币|港元", "GBP": "英镑",
    },
    "en": {
        "USD": "us dollars?|dollars?|bucks?", "USD/100": "cents?", "EUR": "euros?",
        "GBP": "pounds?(?: sterling)?|quid", "GBP/100": "pence|penny", "CNY": "yuan|rmb|renminbi|kuai",
        "JPY": "yen", "KRW": "won", "RUB": "rou?bles?", "RUB/100": "kope[ck]ks?",
        "HKD": "hong kong dollars?",
    },
    "ja": {
        "JPY": "円", "USD": "米?ドル", "USD/100": "セント", "EUR": "ユーロ", "CNY": "人民元|元",
        "KRW": "ウォン", "RUB": "ルーブル", "GBP": "ポンド",
    },
    "ru": {
        "RUB": r"руб(?:л\w+)?", "RUB/100": r"коп(?:е\w+)?", "USD": r"доллар\w*|бакс\w*",
        "USD/100": r"цент\w*", "EUR": "евро", "CNY": r"юан\w+", "JPY": r"[йи]ен\w*", "KRW": r"вон\w?",
        "GBP": r"фунт\w*",
    },
    "ko": {
        "KRW": "원", "USD": "달러|불", "USD/100": "센트", "EUR": "유로", "CNY": "위안|위엔",
        "JPY": "엔", "RUB": "루블", "GBP": "파운드",
    },
}  # fmt: skip
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₽": "RUB", "₩": "KRW", "¥": "CNY"}
_CODES = ["CNY", "USD", "EUR", "GBP", "JPY", "KRW", "RUB", "HKD"]
# Between the whole and its hundredths: three dollars AND twenty cents.
_AND = re.compile(r"[\s,]*(?:and|и)?\s*")


class _Money(NamedTuple):
    start: int
    end: int
    value: Decimal
    currency: str
    share: int  # 1, or 10 or 100 for its parts


def amounts_in(text: str, language: str, kind: Amount) -> Iterator[Found]:
    """Sums with a currency first, as they follow each other; then, if wanted, mere numbers."""
    numbers = numbers_in(text, language)
    sums = [money for number in numbers if (money := _money(text, language, number))]
    used: list[tuple[int, int]] = []
    place = 0
    while place < len(sums):
        whole = sums[place]
        place += 1
        value, end = whole.value / whole.share, whole.end
        while place < len(sums) and _belongs(text, sums[place], whole, end):
            value, end = value + sums[place].value / sums[place].share, sums[place].end
            place += 1
        if end == whole.end and whole.share == 1:
            value, end = _with_bare_parts(text, language, value, whole, numbers)
        used.append((whole.start, end))
        yield Found(_plainly(value), whole.start, end, whole.currency)
    if kind.bare:
        for number in numbers:
            free = all(number.end <= start or end <= number.start for start, end in used)
            if free and (not number.doubtful or number.end - number.start == len(text.strip())):
                yield Found(_plainly(number.value), number.start, number.end)


def _money(text: str, language: str, number: Number) -> _Money | None:
    """The sum that a number is, by the currency behind or before it."""
    pattern, currencies = _currencies(language)
    if behind := pattern.match(text, number.end):
        name = behind.lastgroup or ""
        currency, _, share = currencies[name].partition("/")
        return _Money(number.start, behind.end(), number.value, currency, int(share or 1))
    sign = text[: number.start].rstrip()[-1:]
    if sign in _SIGNS:
        start = text.rindex(sign, 0, number.start)
        return _Money(start, number.end, number.value, _SIGNS[sign], 1)
    return None


def _belongs(text: str, part: _Money, whole: _Money, end: int) -> bool:
    """Whether `part` are the cents of the sum that ends at `end`."""
    return (
        part.share > 1
        and part.currency == whole.currency
        and _AND.fullmatch(text, end, part.start) is not None
    )


def _with_bare_parts(
    text: str, language: str, value: Decimal, whole: _Money, numbers: tuple[Number, ...]
) -> tuple[Decimal, int]:
    """Three dollars fifty is 3.50, 三块五 is 3.5."""
    for number in numbers:
        if number.start < whole.end or not re.fullmatch(r"\s*", text[whole.end : number.start]):
            continue
        if language == "zh" and number.value < 10 and number.value == int(number.value):
            return value + number.value / 10, number.end
        if language in {"en", "ru"} and 10 <= number.value < 100:
            return value + number.value / 100, number.end
    return value, whole.end


def _plainly(value: Decimal) -> str:
    return f"{value.normalize():f}" if value == int(value) else f"{value:.2f}"


@lru_cache(maxsize=8)
def _currencies(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """What may stand behind a number, with a group for each currency."""
    known: dict[str, list[str]] = {code: [code.lower()] for code in _CODES}
    for code, called in _CALLED.get(language, {}).items():
        known.setdefault(code, []).append(called)
    for sign, code in _SIGNS.items():
        known[code].append(re.escape(sign))
    groups = {f"c{place}": code for place, code in enumerate(known)}
    words = "|".join(f"(?P<{name}>{'|'.join(known[code])})" for name, code in groups.items())
    end = r"(?!\w)" if language in {"en", "ru"} else ""
    return re.compile(rf"[\s\-]*(?:{words}){end}"), groups
