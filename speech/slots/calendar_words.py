"""How are days called in each language, counted from today or by their names?

Written out here because no library does it: of six sentences such as 明天下午三点 in each language,
dateparser 1.5 understood one in Chinese and in Korean and none in Japanese, one of them as 2112.
"""

import re
from functools import lru_cache
from typing import NamedTuple


class CalendarWords(NamedTuple):
    """Patterns; a day's own number in a pattern is N, to be replaced by what was counted.

    `near` are days by their distance from today. `weekdays` are seven from Monday. `weeks` say which
    week a weekday belongs to. `ahead` and `ago` follow, or stand around, a number of days or weeks.
    """

    near: dict[str, int]
    weekdays: tuple[str, ...]
    weeks: dict[str, int]
    day_unit: str
    week_unit: str
    ahead: tuple[str, str]  # before and behind the number with its unit
    ago: tuple[str, str]
    months: tuple[str, ...] = ()  # by name; without names a month is a number with `month`
    month: str = ""
    day: str = ""
    year: str = ""


CALENDAR: dict[str, CalendarWords] = {
    "zh": CalendarWords(
        near={"大后天": 3, "后天": 2, "明天": 1, "明儿": 1, "明日": 1, "今天": 0, "今儿": 0, "今日": 0,
              "今晚": 0, "明晚": 1, "大前天": -3, "前天": -2, "昨天": -1, "昨晚": -1, "昨日": -1},
        weekdays=tuple(rf"(?:星期|礼拜|周){day}" for day in (*"一二三四五六", "[日天]")),
        weeks={"下下个?": 2, "下个?": 1, "上上个?": -2, "上个?": -1, "[这本]个?": 0},
        day_unit="天", week_unit="个?(?:星期|礼拜)|周",
        ahead=("", "以?之?后"), ago=("", "以?之?前"),
        month="月份?", day="[日号]", year="年",
    ),
    "ja": CalendarWords(
        near={"明々後日": 3, "しあさって": 3, "明後日": 2, "あさって": 2, "明日": 1, "あした": 1,
              "あす": 1, "今日": 0, "きょう": 0, "本日": 0, "今晩": 0, "今夜": 0, "昨日": -1,
              "きのう": -1, "一昨日": -2, "おととい": -2},
        weekdays=tuple(rf"{day}曜日?" for day in "月火水木金土日"),
        weeks={"再来週の?": 2, "来週の?": 1, "先々週の?": -2, "先週の?": -1, "今週の?": 0},
        day_unit="日", week_unit="週間",
        ahead=("", "後"), ago=("", "前"),
        month="月", day="日", year="年",
    ),
    "ko": CalendarWords(
        near={"글피": 3, "내일모레": 2, "모레": 2, "내일": 1, "오늘": 0, "그저께": -2, "그제": -2,
              "어제": -1},
        weekdays=tuple(f"{day}요일" for day in "월화수목금토일"),
        weeks={r"다다음\s?주": 2, r"다음\s?주": 1, r"담주": 1, r"지지난\s?주": -2, r"지난\s?주": -1,
               r"저번\s?주": -1, r"이번\s?주": 0},
        day_unit="일", week_unit=r"주일?",
        ahead=("", r"뒤|후"), ago=("", "전"),
        month="월", day="일", year="년",
    ),
    "en": CalendarWords(
        near={"(?:the )?day after tomorrow": 2, "tomorrow": 1, "today": 0, "tonight": 0,
              "this (?:morning|afternoon|evening)": 0, "(?:the )?day before yesterday": -2,
              "yesterday": -1, "last night": -1},
        weekdays=("mon(?:day)?s?", "tue(?:s|sday)?", "wed(?:nesday)?", "thu(?:rs|rsday)?",
                  "fri(?:day)?", "sat(?:urday)?", "sun(?:day)?"),
        weeks={"next": 1, "last": -1, "this": 0},
        day_unit="days?", week_unit="weeks?",
        ahead=("in", "from (?:now|today)"), ago=("", "ago"),
        months=("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?",
                "aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
    ),
    "ru": CalendarWords(
        near={"послезавтра": 2, "завтра": 1, "сегодня": 0, "позавчера": -2, "вчера": -1},
        weekdays=(r"понедельник\w?", r"вторник\w?", r"сред[ауыe]", r"четверг\w?", r"пятниц[ауые]",
                  r"суббот[ауые]", r"воскресень[еюя]"),
        weeks={r"следующ(?:ий|ую|ее|ей|его)": 1, r"будущ(?:ий|ую|ее|ей)": 1,
               r"прошл(?:ый|ую|ое|ой|ого)": -1, r"эт(?:от|у|о)": 0},
        day_unit=r"дн(?:я|ей)|день|сут(?:ки|ок)", week_unit=r"недел[юиь]",
        ahead=("через", ""), ago=("", "назад"),
        months=(r"январ\w", r"феврал\w", r"март\w?", r"апрел\w", r"ма[йяе]", r"июн\w", r"июл\w",
                r"август\w?", r"сентябр\w", r"октябр\w", r"ноябр\w", r"декабр\w"),
        year=r"год[ау]?",
    ),
}  # fmt: skip


@lru_cache(maxsize=64)
def alternatives(
    wordings: tuple[tuple[str, int], ...], language: str
) -> tuple[re.Pattern[str], dict[str, int]]:
    """A pattern of all wordings, those first that stand first, and what each group is worth."""
    groups = {f"g{at}": value for at, (_, value) in enumerate(wordings)}
    said = "|".join(f"(?P<g{at}>{wording})" for at, (wording, _) in enumerate(wordings))
    bound = (r"(?<!\w)", r"(?!\w)") if language in {"en", "ru"} else ("", "")
    return re.compile(f"{bound[0]}(?:{said}){bound[1]}"), groups
