"""Which phrases sound so alike that a recognizer may take one for the other?

Two measures, the greater counts. By writing: the characters in common, as what was heard is compared
with the phrases (`speech/matching.py`). By sound: the same of how the phrases are read, which is
pinyin without tones for Chinese (telephone speech keeps tones badly), kana for Japanese, single
letters for Korean, and for others the writing with letters joined that sound alike.
"""

import re
from functools import lru_cache

from rapidfuzz import fuzz

from speech.matching import key
from speech.reading import readable

SAME = 99.0
"""Likeness of phrases that sound the same."""

NEAR = 88.0
"""Likeness from which one phrase is heard where the other was said."""

_TONE = re.compile(r"(?<=[a-zü])[1-5]")
_KATAKANA = {hiragana: hiragana + 0x60 for hiragana in range(0x3041, 0x3097)}
_SOUNDS = (  # spellings of one sound, in English and in Russian
    ("ck", "k"), ("ph", "f"), ("qu", "kw"), ("wh", "w"), ("kn", "n"), ("wr", "r"), ("c", "k"),
    ("z", "s"), ("x", "ks"), ("y", "i"), ("ё", "е"), ("о", "а"), ("ъ", ""), ("ь", ""),
)  # fmt: skip


def alike(one: str, other: str, language: str) -> float:
    """How alike two phrases are for a recognizer, from 0 to 100."""
    written = fuzz.ratio(key(one), key(other))
    return max(written, fuzz.ratio(sound(one, language), sound(other, language)))


@lru_cache(maxsize=8192)
def sound(phrase: str, language: str) -> str:
    """A phrase as it sounds, in letters that are only meant to be compared."""
    heard = _TONE.sub("", key(readable(phrase, language).translate(_KATAKANA)))
    if language in ("en", "ru"):
        for spelling, plain in _SOUNDS:
            heard = heard.replace(spelling, plain)
        heard = re.sub(r"(.)\1+", r"\1", heard)
    return heard
