"""How is a value said in a language: an amount, a date, a time, a number, a phone number?

Everything becomes words before a voice sees it, since voices read "3" before a month, "1,234.50" or
"8:05" wrongly in one language or another. The words come from libraries: whole numbers from
num2words (English, Japanese, Korean, Russian) and cn2an (Chinese, which num2words does not know),
names of months, currencies and times of the day from CLDR through Babel. Ours are only the habits
of the trade that no library has: how digits are read one by one, and yuan with jiao and fen.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache, partial
from typing import Any

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import get_currency_name, get_currency_precision
from babel.units import format_unit

from ivr.flow.expression import Functions

LARGEST = Decimal(10) ** 15  # no balance is above it, and libraries get slow or wrong there

# One by one, as operators read them. Chinese 幺 (yāo) stands for 1 because yī is heard as 七 (qī) on
# a bad line; Japanese 4, 7 and 9 are yon, nana and kyū for the same reason; Korean 0 is 공.
ONE_BY_ONE = {
    "zh": "零 幺 二 三 四 五 六 七 八 九",
    "yue": "零 一 二 三 四 五 六 七 八 九",
    "en": "zero one two three four five six seven eight nine",
    "ja": "ゼロ イチ ニ サン ヨン ゴ ロク ナナ ハチ キュウ",
    "ru": "ноль один два три четыре пять шесть семь восемь девять",
    "ko": "공 일 이 삼 사 오 육 칠 팔 구",
}
_KOREAN_HOURS = {
    **{0: "열두", 1: "한", 2: "두", 3: "세", 4: "네", 5: "다섯", 6: "여섯", 7: "일곱", 8: "여덟"},
    **{9: "아홉", 10: "열", 11: "열한"},
}
_KOREAN_MONTHS = {6: "유월", 10: "시월"}
_JAPANESE_DAYS = {
    **{1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか"},
    **{7: "なのか", 8: "ようか", 9: "ここのか", 10: "とおか", 14: "十よっか"},
    **{20: "はつか", 24: "二十よっか"},
}
_CHINESE = ("zh", "yue")
_TWO = re.compile("(?<!十)二(?=[千万亿])")  # 2,000 is said 两千


def number(value: Any, language: str) -> str:
    """1234.5 as words: 一千二百三十四点五, one thousand, two hundred and thirty-four point five."""
    return _words(_decimal(value), language)


def ordinal(value: Any, language: str) -> str:
    """3 as 第三, third, 三番目, третий or 세 번째."""
    whole = int(_decimal(value))
    if whole < 0:
        raise ValueError("nothing comes at a place below zero")
    if language in _CHINESE:
        return f"第{_chinese(whole)}"
    return _num2words(whole, language, to="ordinal")


def amount(value: Any, currency: str, language: str) -> str:
    """1234.5 and an ISO 4217 code such as "CNY" as 一千二百三十四元五角."""
    if currency not in _locale("en").currencies:
        raise ValueError("a currency's code such as CNY was expected")
    unit = Decimal(1).scaleb(-get_currency_precision(currency))
    money = _decimal(value).quantize(unit, ROUND_HALF_UP)
    if currency == "CNY" and language in _CHINESE:
        return _yuan(money)
    name = get_currency_name(currency, count=money.normalize(), locale=_locale(language))
    space = "" if language in (*_CHINESE, "ja") else " "
    return f"{_words(money, language)}{space}{name}"


def say_date(value: Any, language: str) -> str:
    """A date, or ISO text such as "2026-11-03", with its year."""
    day = _date(value)
    month = partial(format_date, day, locale=_locale(language))
    match language:
        case "zh" | "yue":
            year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
            return f"{year}年{_words(day.month, language)}月{_words(day.day, language)}日"
        case "ja":
            named = _JAPANESE_DAYS.get(day.day) or f"{_words(day.day, 'ja')}日"
            return f"{_words(day.year, 'ja')}年{_words(day.month, 'ja')}月{named}"
        case "ko":
            named = _KOREAN_MONTHS.get(day.month) or f"{_words(day.month, 'ko')}월"
            return f"{_words(day.year, 'ko')}년 {named} {_words(day.day, 'ko')}일"
        case "ru":
            of_month = _num2words(day.day, "ru", to="ordinal", gender="n")
            of_year = _num2words(day.year, "ru", to="ordinal", case="g")
            return f"{of_month} {month('MMMM')} {of_year} года"
        case "en":
            year = _num2words(day.year, "en", to="year")
            return f"the {_num2words(day.day, 'en', to='ordinal')} of {month('MMMM')}, {year}"
        case _:
            return month("long")


def say_time(value: Any, language: str) -> str:
    """A time of the day, or ISO text such as "20:05", with the part of the day it is in."""
    at = _time(value)
    locale = _locale(language)
    part = format_time(at, "B", locale=locale)  # 晚上, in the evening, вечера, 저녁
    hour, minute = at.hour % 12 or 12, at.minute
    match language:
        case "zh" | "yue":
            said = "零" if at.hour == 0 else "两" if hour == 2 else _words(hour, "zh")
            rest = "半" if minute == 30 else f"{_words(minute, 'zh')}分" if minute else ""
            return f"{part}{said}点{'零' if 0 < minute < 10 else ''}{rest}"
        case "ja":
            half = "半" if minute == 30 else f"{_words(minute, 'ja')}分" if minute else ""
            return f"{format_time(at, 'a', locale=locale)}{_words(at.hour % 12, 'ja')}時{half}"
        case "ko":
            rest = " 반" if minute == 30 else f" {_words(minute, 'ko')} 분" if minute else ""
            return f"{part} {_KOREAN_HOURS[at.hour % 12]} 시{rest}"
        case "ru":
            hours = _counted(hour, "duration-hour", "m")
            minutes = " " + _counted(minute, "duration-minute", "f") if minute else ""
            return f"{hours}{minutes} {part}"
        case "en":
            minutes = "o'clock" if not minute else f"{'oh ' * (minute < 10)}{_words(minute, 'en')}"
            return f"{_words(hour, 'en')} {minutes} {part}"
        case _:
            return format_time(at, "short", locale=locale)


def digits(value: Any, language: str) -> str:
    """Digits and letters one by one, in groups of four where there are more than six."""
    signs = [sign for sign in _text(value) if sign.isalnum()]
    size = 4 if len(signs) > 6 else len(signs) or 1
    return _grouped([signs[i : i + size] for i in range(0, len(signs), size)], language)


def phone(value: Any, language: str) -> str:
    """A telephone number one by one, grouped as its own country writes it (libphonenumber)."""
    text = _text(value)
    if text.startswith("+"):
        try:
            national = phonenumbers.PhoneNumberFormat.NATIONAL
            text = phonenumbers.format_number(phonenumbers.parse(text), national)
        except phonenumbers.NumberParseException:
            return digits(text, language)
    elif len(text) == 11 and text.isdigit():  # a mobile number as it is keyed in China
        text = f"{text[:3]} {text[3:7]} {text[7:]}"
    return _grouped([list(group) for group in re.findall(r"\d+", text)], language)


def language_name(code: Any, language: str) -> str:
    """The name of a language in another, such as ("ru", "en") → Russian."""
    return str(_locale(language).languages.get(_text(code), _text(code)))


BY_NAME: dict[str, Callable[..., str]] = {
    "amount": amount,
    "date": say_date,
    "digits": digits,
    "language_name": language_name,
    "number": number,
    "ordinal": ordinal,
    "phone": phone,
    "time": say_time,
}
"""The functions by the names flows use; their last argument, the language, is the call's."""

NAMES = frozenset(BY_NAME)


@lru_cache(maxsize=64)
@lru_cache(maxsize=64)
def functions(language: str) -> Functions:
    """The functions of `NAMES`, saying everything in `language`.

    Each raises ValueError or TypeError for what is no such value; nothing is said in its place then.
    """
    return {name: partial(say, language=language) for name, say in BY_NAME.items()}


def _words(value: Decimal | int, language: str) -> str:
    exact = Decimal(value).normalize()
    plain = int(exact) if exact == exact.to_integral_value() else exact
    if language in _CHINESE:
        return _TWO.sub("两", _chinese(plain))
    return _num2words(plain, language)


def _chinese(value: Decimal | int) -> str:
    import cn2an  # noqa: PLC0415  it takes 0.2 s to load, which `careline check` need not wait for

    return str(cn2an.an2cn(str(value), "low"))


def _num2words(value: Decimal | int, language: str, **how: str) -> str:
    from num2words import num2words  # noqa: PLC0415  0.1 s to load

    try:
        return str(num2words(value, lang=language, **how))
    except NotImplementedError:  # a language num2words does not know: the voice reads the figures
        return str(value)


def _yuan(money: Decimal) -> str:
    fen = int(abs(money) * 100)
    whole, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    said = f"{_words(whole, 'zh')}元" if whole or not fen else ""
    said += f"{_words(jiao, 'zh')}角" if jiao else "零" if whole and rest else ""
    said += f"{_words(rest, 'zh')}分" if rest else ""
    return f"负{said}" if money < 0 else said


def _counted(value: int, unit: str, gender: str) -> str:
    """A Russian number with its unit in the right form: пять минут."""
    return format_unit(value, unit, locale="ru").replace(
        str(value), _num2words(value, "ru", gender=gender)
    )


def _grouped(groups: list[list[str]], language: str) -> str:
    names = ONE_BY_ONE.get(language, "0 1 2 3 4 5 6 7 8 9").split()
    said = (
        " ".join(names[int(sign)] if sign.isdecimal() else sign for sign in group)
        for group in groups
    )
    return {"zh": "，", "yue": "，", "ja": "、"}.get(language, ", ").join(said)


def _text(value: Any) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError("text or a whole number was expected")
    return str(value).strip()


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError("a number was expected")
    try:
        found = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        raise ValueError("a number was expected") from None
    if not found.is_finite() or abs(found) >= LARGEST:
        raise ValueError("a number below 10^15 was expected")
    return round(found, 6)


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else datetime.fromisoformat(_text(value)).date()


def _time(value: Any) -> time:
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    text = _text(value)
    return time.fromisoformat(text.partition("T")[2] or text)


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse("zh" if language == "yue" else language)
    except (UnknownLocaleError, ValueError):
        return Locale("en")
