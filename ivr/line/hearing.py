"""What comes of words that were heard where certain things may be said?

Every line that hears asks this, so that a phrase is a phrase on all of them.
"""

import unicodedata

from ivr.line.commands import Grammar, Hypothesis, Speech, Unclear, Utterance
from speech.matching import ACCEPTED, Phrases

_SCRIPTS = {"HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CYRILLIC": "ru", "LATIN": "en"}


def outcome(text: str, speech: Speech, confidence: float = 1.0) -> Utterance | Unclear:
    """The outcome of hearing `text`, of which the recognizer is as sure as `confidence`.

    It is the phrase most alike, in whatever language; its confidence is the recognizer's by how
    much the words are alike. Dictated digits, and what is like no phrase where a grammar is free,
    are given as they were heard.
    """
    found = [
        Hypothesis(matched.phrase, grammar.language, confidence * matched.likeness / 100)
        for grammar in speech.grammars
        for matched in Phrases(grammar.phrases).closest(text, most=1)
        if matched.likeness >= ACCEPTED
    ]
    found.sort(key=lambda one: -one.confidence)
    best = found[0] if found else None
    free = [grammar for grammar in speech.grammars if grammar.free or speech.turn == "digits"]
    if free and text.strip() and (best is None or best.confidence < confidence):
        language = best.language if best is not None else _language(text, free)
        return Utterance(text, language, confidence, tuple(found))
    if best is None:
        return Unclear("not_understood")
    return Utterance(best.text, best.language, best.confidence, tuple(found[1:]))


def _language(text: str, grammars: list[Grammar]) -> str:
    """Whose script a text is written in; the first grammar's language, if nobody's."""
    for sign in text:
        script = unicodedata.name(sign, "").partition(" ")[0]
        for grammar in grammars:
            if _SCRIPTS.get(script) == grammar.language:
                return grammar.language
    return grammars[0].language
