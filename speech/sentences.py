"""When are two sentences the same? After letters, width, marks and blanks are made alike."""

import re
import unicodedata

_NO_WORD = re.compile(r"[^\w]+|_+")
# Chinese and Japanese are written without blanks; recognisers put them between words anyway.
_UNSPACED = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_BLANK_WITHIN = re.compile(rf"(?<=[{_UNSPACED}]) (?=[{_UNSPACED}])")
_WITHOUT_BLANKS = re.compile(f"[{_UNSPACED}]")


def plain(sentence: str) -> str:
    """`sentence` in small letters of usual width, its words parted by one blank, without marks.

    >>> plain("Ｉ've  lost my CARD!"), plain("我 的 卡，丢了")
    ('i ve lost my card', '我的卡丢了')
    """
    folded = unicodedata.normalize("NFKC", sentence).casefold()
    return _BLANK_WITHIN.sub("", _NO_WORD.sub(" ", folded).strip())


def is_unspaced(sentence: str) -> bool:
    """Whether it is written in a script that puts no blanks between words."""
    return _WITHOUT_BLANKS.search(sentence) is not None
