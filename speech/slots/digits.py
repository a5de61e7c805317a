"""Which digits were dictated, whatever the pauses and the way of saying them?"""

import re
from collections.abc import Iterable, Iterator

from speech.slots.found import Found
from speech.slots.kinds import Digits
from speech.slots.number import Number
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
    for run in runs(text, language, numbers_in(text, language)):
        digits = "".join(number.dictated for number in run)
        if kind.least <= len(digits) <= kind.most:
            yield Found(digits, run[0].start, run[-1].end)


def runs(
    text: str, language: str, numbers: Iterable[Number], also: str = ""
) -> Iterator[tuple[Number, ...]]:
    """The numbers between which nothing stands but marks, blanks and what is said in a pause.

    `also` are further words that part no run, with | between.
    """
    said = "|".join(filter(None, (also, _PAUSES.get(language, ""))))
    word = rf"(?:{said or '(?!)'})"
    if language not in {"zh", "ja", "ko"}:
        word = rf"(?<!\w){word}(?!\w)"
    between = re.compile(rf"(?:[\W_]|{word})*")
    run: list[Number] = []
    for number in numbers:
        if run and not between.fullmatch(text, run[-1].end, number.start):
            yield tuple(run)
            run = []
        run.append(number)
    if run:
        yield tuple(run)
