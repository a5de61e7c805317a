"""What may callers say? intents.*.yaml: example sentences, words that work everywhere, lists.

One file a language. An intent is known by its name in all of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BeforeValidator, Field

from ivr.flow.fields import Model, Name, wrong
from ivr.flow.global_keys import Command
from ivr.flow.problem import Problem
from ivr.flow.read_model import read_model
from ivr.flow.source import Loc, Source
from speech.sentences import plain

RULE = "intents"
NOTHING = "none"  # what a test expects where no intent is meant
LONGEST_SENTENCE = 200  # characters

Word = Literal["human", "yes", "no"] | Command
WORDS: tuple[str, ...] = ("human", "yes", "no", *get_args(Command))


def _sentences(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise wrong("a list of sentences", value)
    for index, sentence in enumerate(value):
        if not isinstance(sentence, str) or not plain(sentence):
            raise wrong("a sentence as callers say it", sentence, (index,))
        if len(sentence) > LONGEST_SENTENCE:
            raise wrong(f"a sentence of at most {LONGEST_SENTENCE} characters", sentence, (index,))
    return tuple(" ".join(sentence.split()) for sentence in value)


def _words(value: Any) -> Any:
    for word in value if isinstance(value, dict) else ():
        if word not in WORDS:
            raise wrong(f"one of {', '.join(WORDS)}", word, (word,))
    return value


Sentences = Annotated[tuple[str, ...], BeforeValidator(_sentences)]
Words = Annotated[dict[Word, Sentences], BeforeValidator(_words)]


class IntentsFile(Model):
    """What callers say in one `language`.

    `intents` are what they may want: each has a few sentences, written as people speak. They are
    examples; others that are like them are understood, too. `words` work in every step: `human`,
    `repeat`, `back`, `slower` and `language` do what the keys of center.yaml do, `yes` and `no` add
    to the words for them that are known already. `lists` hold the things that can be named within
    a sentence, such as kinds of cards, each with all that it is called.
    """

    language: str
    intents: dict[Name, Sentences] = Field({})
    words: Words = Field({})
    lists: dict[Name, dict[Name, Sentences]] = Field({})


Said = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Intents:
    """All intents.*.yaml: by language, then by the name of the intent, word or list."""

    examples: Mapping[str, Said] = field(default_factory=dict)
    words: Mapping[str, Said] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, Said]] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """Every intent, in the order of the files."""
        return tuple(dict.fromkeys(name for said in self.examples.values() for name in said))

    def list_items(self, name: str, language: str) -> Said:
        """The things of a list, and what each is called in `language`; in all where in none."""
        own = self.lists.get(language, {}).get(name)
        if own is not None:
            return own
        merged: dict[str, tuple[str, ...]] = {}
        for lists in self.lists.values():
            for item, called in lists.get(name, {}).items():
                merged[item] = (*merged.get(item, ()), *called)
        return merged

    def list_names(self) -> tuple[str, ...]:
        """Every list, in the order of the files."""
        return tuple(dict.fromkeys(name for lists in self.lists.values() for name in lists))

    def said(self, word: Word, language: str) -> tuple[str, ...]:
        """How `word` is said in `language`; nothing where the files do not tell."""
        return self.words.get(language, {}).get(word, ())

    def training(self) -> dict[str, list[tuple[str, str]]]:
        """The examples of each intent as (language, sentence), as a classifier learns them."""
        return {
            intent: [
                (language, sentence)
                for language, said in self.examples.items()
                for sentence in said.get(intent, ())
            ]
            for intent in self.names()
        }


def of_files(files: Mapping[str, IntentsFile], sources: Mapping[str, Source]) -> Intents:
    """All that was read, by language."""
    return Intents(
        {language: file.intents for language, file in files.items()},
        {language: dict(file.words.items()) for language, file in files.items()},
        {language: file.lists for language, file in files.items()},
        sources,
    )


def read_intents(source: Source, language: str, problems: list[Problem]) -> IntentsFile | None:
    """Read `intents.<language>.yaml`; what is wrong with it by itself is added to `problems`."""
    file = read_model(IntentsFile, source, (), source.data, "the intents file", problems)
    if file is None:
        return None
    if file.language != language:
        message = f'the file is named for "{language}" but its language: is "{file.language}"'
        problems.append(source.problem(source.value(("language",)), message, RULE))
    if NOTHING in file.intents:
        message = (
            f'"{NOTHING}" cannot name an intent: it means that there is none. Call it otherwise'
        )
        problems.append(source.problem(source.key(("intents", NOTHING)), message, RULE))
    problems += _said_twice(source, _places(("intents",), file.intents))
    problems += _said_twice(source, _places(("words",), file.words))
    for name, items in file.lists.items():
        problems += _said_twice(source, _places(("lists", name), items))
    return file


class _Place(NamedTuple):
    """Where a sentence stands, and what it is said for."""

    sentence: str
    meaning: str
    loc: Loc


def _places(at: Loc, said: Mapping[Any, tuple[str, ...]]) -> Iterator[_Place]:
    for meaning, sentences in said.items():
        for index, sentence in enumerate(sentences):
            yield _Place(sentence, meaning, (*at, meaning, index))


def _said_twice(source: Source, places: Iterator[_Place]) -> Iterator[Problem]:
    """The same sentence for two things, or twice for one; the second place is told."""
    first: dict[str, _Place] = {}
    for place in places:
        known = first.setdefault(plain(place.sentence), place)
        if known is place:
            continue
        line = source.value(known.loc).line
        spot = source.value(place.loc)
        if known.meaning == place.meaning:
            message = f"this sentence is already on line {line}; remove one of them"
            yield source.problem(spot, message, RULE, "warning")
        else:
            message = (
                f'this sentence is also said for "{known.meaning}" (line {line}), so nobody can '
                "tell which is meant; leave it to one of them"
            )
            yield source.problem(spot, message, RULE)
