"""Which digits that were said may be a secret, and what is kept of them? A dot, and nothing else.

A caller may say a card's number or a PIN aloud, where no flow asks for it. Whether it is one cannot
be known, so every long run of digits goes, in words or in figures: four or more, or three that were
told one by one, as the code on a card's back. Sums of money, days and times stay: they carry a word
that says what they are. Where digits are doubtful (Japanese and Korean syllables that are also parts
of other words) three are not enough.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from recordings.transcript import Transcript, Word
from speech.slots.amounts import amounts_in
from speech.slots.dates import dates_in
from speech.slots.digits import runs
from speech.slots.finding import WRITTEN_AS
from speech.slots.found import Found
from speech.slots.heard import Heard
from speech.slots.kinds import Amount, Date
from speech.slots.number import Number
from speech.slots.numbers import read_numbers
from speech.slots.times import times_in

INSTEAD = "•"
LEAST, TOLD_ONE_BY_ONE = 4, 3
_DOUBTFUL = {"ja", "ko"}
_NEAR = 30
"""Characters around a number among which the word stands that says what it counts."""
_ANY_DAY = date(2024, 1, 1)  # of which day is asked does not matter: only where it is said
# What else is said while digits are told: that they were heard, and what recognizers make of them.
_AGREED = {
    "zh": "对|好的|好|没错|哦",
    "en": "yes|yeah|yep|ok|okay|right|correct|for|to|too|won|ate|so",
    "ja": "はい|うん|ええ|次に|次",
    "ru": "да|так|ага|угу|верно|ну|на",
    "ko": "네|예|응|맞아요",
}


def hidden(words: Sequence[Word], language: str) -> list[Word]:
    """What one side of a talk said, without the digits that may be a secret."""
    text = " ".join(word.text for word in words)
    places = list(_places(text, language))
    kept, begin = [], 0
    for word in words:
        end = begin + len(word.text)
        kept.append(replace(word, text=_without(text, begin, end, places)))
        begin = end + 1
    return kept


def hidden_text(text: str, language: str) -> str:
    """A sentence without the digits that may be a secret."""
    return _without(text, 0, len(text), list(_places(text, language)))


def without_secrets(transcript: Transcript) -> Transcript:
    """A talk without the digits that may be a secret, on either side.

    Each side is looked through as a whole: whoever tells a number is interrupted.
    """
    sides = (hidden(transcript.words(side), transcript.language) for side in ("caller", "agent"))
    return Transcript.of(transcript.language, *sides)


def _without(text: str, begin: int, end: int, places: Sequence[tuple[int, int]]) -> str:
    kept = ""
    for start, until in places:
        if start < end and begin < until:
            kept += text[begin : max(begin, start)] + INSTEAD
            begin = min(end, until)
    return kept + text[begin:end]


def _places(text: str, language: str) -> Iterator[tuple[int, int]]:
    """From where to where in the text digits stand that may be a secret, in order."""
    language = WRITTEN_AS.get(language, language)
    heard = Heard.of(text)
    told = [one for one in read_numbers(heard.text, language) if not _counts(heard, language, one)]
    for run in runs(heard.text, language, told, _AGREED.get(language, "")):
        digits = sum(len(number.dictated) for number in run)
        single = all(len(number.dictated) == 1 for number in run) and language not in _DOUBTFUL
        if digits >= (TOLD_ONE_BY_ONE if single else LEAST):
            yield heard.given_span(run[0].start, run[-1].end)


def _counts(heard: Heard, language: str, number: Number) -> bool:
    """Whether a number is part of a sum of money, a day or a time."""
    begin = max(0, number.start - _NEAR)
    near = heard.text[begin : number.end + _NEAR]
    found: list[Found] = [
        *(one for one in amounts_in(near, language, Amount(bare=False)) if one.unit),
        *dates_in(near, language, Date(), _ANY_DAY),
        *times_in(near, language),
    ]
    start, end = number.start - begin, number.end - begin
    return any(
        one.start <= start and end <= one.end and one.end - one.start > end - start for one in found
    )
