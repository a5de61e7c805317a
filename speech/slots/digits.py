"""Which digits were dictated, whatever the pauses and the way of saying them?"""

import re
from collections.abc import Iterator

from speech.slots.found import Found
from speech.slots.kinds import Digits
from speech.slots.numbers import numbers_in

# What is said between digits and is none: hesitation, and how groups of them are joined.
_PAUSES = {
    "zh": "嗯|呃|啊|那个|然后|再|是",
    "en": "um|uh|er|erm|and|then|dash|space",
    "ja": "えーと|えっと|えー|あの|の|で|ハイフン",
    "ru": "э+|эм|и|потом|затем|дальше|тире|пробел",
    "ko": "어|음|그|에|다시|그리고|그다음",
}


def digits_in(text: str, language: str, kind: Digits) -> Iterator[Found]:
    """Each unbroken run of as many digits as are wanted; longer and shorter runs are none."""
    between = re.compile(rf"(?:[\W_]|(?<!\w)(?:{_PAUSES.get(language, '(?!)')})(?!\w))*")
    if language in {"zh", "ja", "ko"}:
        between = re.compile(rf"(?:[\W_]|{_PAUSES[language]})*")
    run: list[tuple[int, int, str]] = []
    for number in (*numbers_in(text, language), None):
        if number is not None and run and between.fullmatch(text, run[-1][1], number.start):
            run.append((number.start, number.end, number.dictated))
            continue
        digits = "".join(dictated for _, _, dictated in run)
        if run and kind.least <= len(digits) <= kind.most:
            yield Found(digits, run[0][0], run[-1][1])
        run = [(number.start, number.end, number.dictated)] if number is not None else []
