"""What may a caller say at this point, and which of it was said?

What a step listens for are the names of intents, whose examples are phrases then, and `yes` and `no`.
The words that work everywhere (`words:` of intents.*.yaml) may be said in every step that listens.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ivr.flow import spoken_values
from ivr.flow.intents import WORDS, Intents
from ivr.line.commands import Grammar, Turn
from speech.matching import ACCEPTED, WHOLE, Phrases
from speech.sentences import plain
from speech.slots.wordings import wordings_in
from speech.slots.yes_no import NO, YES

SURE = 0.75
"""From this confidence on what was heard is taken as said; below it is asked back if it matters."""

GUESSED = 0.40
"""Below this confidence what was heard is a guess, and counts as not understood."""

ANSWERS = ("yes", "no")
COMMANDS = tuple(word for word in WORDS if word not in ANSWERS)
_MORE_DIGITS = {
    "zh": ("一", "两"),
    "en": ("oh", "double", "triple"),
    "ja": ("ゼロ", "よん", "なな", "きゅう"),
    "ru": ("ноль", "два", "двойка"),
    "ko": ("공", "영", "하나", "둘"),
}


@dataclass(frozen=True, slots=True)
class Sayable:
    """What a step listens for.

    `meanings` are the names of intents, and "yes" and "no"; `more` are phrases that are taken down
    and mean nothing by themselves. With `free` anything may be said; with `any_language` it may be
    said in every language the hotline hears, and in `also` besides that of the call.
    """

    meanings: tuple[str, ...] = ()
    turn: Turn = "closed"
    free: bool = False
    any_language: bool = False
    more: tuple[str, ...] = ()
    also: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller said, and which of the step's `meanings` it is, if it is one.

    `whole` is True where it is one of the phrases for that, and not only like one. `others` are
    further readings of the same sound, best first. `before` is the language that the call was in,
    where this was said in another.
    """

    text: str
    language: str
    confidence: float
    meaning: str | None = None
    whole: bool = False
    others: tuple[str, ...] = ()
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The intent that was meant, if one was; it is to be asked back unless it is `sure`."""

    intent: str | None
    sure: bool


def phrases(intents: Intents, meaning: str, language: str) -> tuple[str, ...]:
    """How callers say an intent, or a word, in a language.

    Whoever asks for a human may say the word, or what the intent `human` has for examples.
    """
    if meaning == "yes":
        return (*intents.said("yes", language), *YES.get(language, ()))
    if meaning == "no":
        return (*intents.said("no", language), *NO.get(language, ()))
    examples = intents.examples.get(language, {}).get(meaning, ())
    return (*intents.words.get(language, {}).get(meaning, ()), *examples)


def grammar(intents: Intents, sayable: Sayable, language: str) -> Grammar:
    """What may be said in `language`, as a line is told."""
    known = meanings_of(intents, sayable, language)
    digits = _digit_words(language) if sayable.turn == "digits" else ()
    return Grammar(language, tuple(dict.fromkeys((*known, *sayable.more, *digits))), sayable.free)


def grammars(
    intents: Intents, sayable: Sayable, languages: Iterable[str], own: str
) -> tuple[Grammar, ...]:
    """What may be said in each of `languages`, in a call that is in the language `own`.

    Only in that one anything may be said: dictation finds words of its own language in every other,
    and takes a core for two callers.
    """
    foreseen = replace(sayable, free=False)
    return tuple(grammar(intents, sayable if one == own else foreseen, one) for one in languages)


def meanings_of(intents: Intents, sayable: Sayable, language: str) -> dict[str, str]:
    """Each phrase with what it means; what a step listens for comes before the commands."""
    named = ((name, phrases(intents, name, language)) for name in (*sayable.meanings, *COMMANDS))
    meant: dict[str, str] = {}
    for name, said in named:
        for phrase in said:
            meant.setdefault(phrase, name)
    return meant


def meaning(known: Mapping[str, str], text: str) -> tuple[str | None, bool]:
    """Which of `known` (phrase → meaning) was said, and whether as the whole phrase.

    None where it is like none of them. A wish for a human is heard within a longer sentence, too.
    """
    best = next(iter(Phrases(tuple(known)).closest(text, most=1)), None)
    if best is not None and best.likeness >= WHOLE:
        return known[best.phrase], True
    human = [phrase for phrase, name in known.items() if name == "human"]
    if any(True for _ in wordings_in(plain(text), {"human": human})):
        return "human", False
    near = best is not None and best.likeness >= ACCEPTED
    return (known[best.phrase] if near and best is not None else None), False


def _digit_words(language: str) -> Iterator[str]:
    say = spoken_values.functions(language)["digits"]
    yield from (str(say(digit)) for digit in "0123456789")
    yield from _MORE_DIGITS.get(language, ())
