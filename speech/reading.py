"""How is a written text read aloud? Characters that espeak-ng cannot read become syllables.

espeak-ng 1.51 knows few Chinese words (it reads 银行, bank, as "yín xíng") and calls every Japanese
kanji "Chinese letter". Chinese becomes pinyin with tone numbers by pypinyin, which knows phrases
and tone sandhi; Japanese becomes kana as pronounced by Janome. Others are read as they are.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from janome.tokenizer import Tokenizer

_HAN = re.compile(r"[\u3400-\u9fff]")
# Janome's names for what belongs to the word before it: particles, auxiliaries, marks, suffixes.
_ENDINGS = frozenset({"助詞", "助動詞", "記号", "接尾", "非自立"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def readable(text: str, language: str) -> str:
    """`text` on one line, in the letters espeak-ng's voice for `language` reads correctly."""
    plain = _CONTROL.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    reader = READERS.get(language)
    return reader(plain) if reader and _HAN.search(plain) else plain


def _pinyin(text: str) -> str:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  its dictionaries take 0.2 s to load

    syllables = lazy_pinyin(text, style=Style.TONE3, tone_sandhi=True, neutral_tone_with_five=True)
    return " ".join(syllables)


def _kana(text: str) -> str:
    said = ""
    after_prefix = True
    for token in _tokenizer().tokenize(text):
        kinds = token.part_of_speech.split(",")
        part_of_last = not _ENDINGS.isdisjoint(kinds)
        if not (after_prefix or part_of_last):
            said += " "
        said += token.surface if token.phonetic == "*" else token.phonetic
        after_prefix = kinds[0] == "接頭詞"
    return said


@lru_cache(maxsize=1)
def _tokenizer() -> "Tokenizer":
    from janome.tokenizer import Tokenizer  # noqa: PLC0415  its dictionary takes 0.2 s to load

    return Tokenizer()


READERS: dict[str, Callable[[str], str]] = {"zh": _pinyin, "ja": _kana}
