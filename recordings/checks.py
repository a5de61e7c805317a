"""Does a talk keep the rules that a supervisor has written for it, and where does it break them?

A rule looks for phrases in what one side said, in any script: letter case, width, punctuation and
the spaces that recognizers put between words do not matter. Phrases are found as they are written
or nearly so, since no recognizer is perfect.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from recordings.measure import Measures
from recordings.transcript import Speaker, Transcript, Word

Kind = Literal["must_say", "must_not_say", "tone"]

ALIKE = 85.0
"""How much of a phrase's letters must be there, in per cent, for it to count as said."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What must, or must not, be said in a talk, or what its tone is judged by.

    `phrases` are by language; a language without any is not judged. `within` is the time, in seconds
    from the first word of the side, in which something that must be said must come.
    """

    name: str
    kind: Kind
    speaker: Speaker
    phrases: Mapping[str, tuple[str, ...]]
    within: float | None = None
    queues: tuple[str, ...] = ()  # none: all


@dataclass(frozen=True, slots=True)
class Limits:
    """What a talk's measures may be; None: whatever they are."""

    agent_first: float | None = None  # seconds
    longest_silence: float | None = None  # seconds
    talk_over: float | None = None  # share of the time
    longest_hold: float | None = None  # seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken, or a word of tone heard, at `second` of the recording."""

    rule: str
    second: float
    text: str


def judge(
    transcript: Transcript | None,
    measures: Measures,
    queue: str,
    rules: Sequence[Rule],
    limits: Limits,
) -> list[Finding]:
    """All findings in a talk, in the order of their seconds; without words only measures count."""
    found = list(_of_measures(measures, limits))
    if transcript is not None:
        for rule in rules:
            if not rule.queues or queue in rule.queues:
                found += _of_words(rule, transcript)
    return sorted(found, key=lambda finding: (finding.second, finding.rule))


def _of_measures(measures: Measures, limits: Limits) -> Iterator[Finding]:
    first = measures.agent_first
    if limits.agent_first is not None and (first is None or first > limits.agent_first):
        said = "said nothing" if first is None else f"began to speak after {first:.1f} s"
        yield Finding("agent_first", first or 0.0, f"The agent {said}.")
    begin, lasted = measures.longest_silence
    if limits.longest_silence is not None and lasted > limits.longest_silence:
        yield Finding("longest_silence", begin, f"Nobody spoke for {lasted:.0f} s.")
    for begin, lasted in measures.holds:
        if limits.longest_hold is not None and lasted > limits.longest_hold:
            yield Finding("longest_hold", begin, f"The caller was on hold for {lasted:.0f} s.")
    if limits.talk_over is not None and measures.talk_over > limits.talk_over:
        share = round(100 * measures.talk_over)
        yield Finding("talk_over", 0.0, f"Both spoke at once for {share} % of the time.")


def _of_words(rule: Rule, transcript: Transcript) -> Iterator[Finding]:
    phrases = rule.phrases.get(transcript.language, ())
    words = transcript.words(rule.speaker)
    if not phrases:
        return
    if rule.kind != "must_say":
        for phrase in phrases:
            for word in places(phrase, words):
                yield Finding(rule.name, word.begin, f'The {rule.speaker} said "{phrase}".')
        return
    begin = words[0].begin if words else 0.0
    in_time = [word for word in words if rule.within is None or word.begin <= begin + rule.within]
    if not any(places(phrase, in_time) for phrase in phrases):
        late = "" if rule.within is None else f" within {rule.within:g} s"
        expected = '" or "'.join(phrases)
        yield Finding(rule.name, begin, f'The {rule.speaker} did not say "{expected}"{late}.')


def places(phrase: str, words: Sequence[Word]) -> list[Word]:
    """The words with which `phrase` begins, each time it is said, in order."""
    wanted = letters(phrase)
    text, starts = joined(words)
    return [starts[at] for at in _found(wanted, text, 0)] if wanted else []


def _found(wanted: str, text: str, offset: int) -> list[int]:
    """Where `wanted` is in `text`, nearly: the best place first, then both sides of that."""
    shortest = len(wanted) * ALIKE / 100
    if len(text) < shortest:
        return []  # or a rest of the text would be found within the phrase
    best = fuzz.partial_ratio_alignment(wanted, text, score_cutoff=ALIKE)
    if best is None or best.dest_end - best.dest_start < shortest:
        return []
    before, after = text[: best.dest_start], text[best.dest_end :]
    return [
        *_found(wanted, before, offset),
        offset + best.dest_start,
        *_found(wanted, after, offset + best.dest_end),
    ]


def letters(text: str) -> str:
    """The letters and digits of a text, in one case and width."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in plain if one.isalnum())


def joined(words: Iterable[Word]) -> tuple[str, list[Word]]:
    """The letters of all words, and for each letter its word."""
    text: list[str] = []
    starts: list[Word] = []
    for word in words:
        for letter in letters(word.text):
            text.append(letter)
            starts.append(word)
    return "".join(text), starts
