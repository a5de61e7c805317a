"""How is a decision told? Stored verdicts as sentences, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from ivr.reasons.shown import Shown
from ivr.reasons.words import MORE, NAMES, UNKNOWN, WORDS, Language

MOST_TOLD = 8
"""Of agents who fell out for one kind of reason, so many are told one by one, the rest counted."""


def sentences(verdicts: object, language: Language = "en") -> tuple[str, ...]:
    """Stored verdicts in words, the chosen agent first; what is no verdict is left out."""
    if not isinstance(verdicts, list | tuple):
        return ()
    found = [one for one in verdicts if isinstance(one, Mapping) and "agent" in one]
    found.sort(key=lambda one: one.get("code") != "chosen")
    told, left = [], dict[str, int]()
    counts = dict[str, int]()
    for one in found:
        code = str(one.get("code"))
        counts[code] = counts.get(code, 0) + 1
        if counts[code] <= MOST_TOLD:
            told.append(sentence(one, language))
        else:
            left[code] = left.get(code, 0) + 1
    return (*told, *(MORE[language].format(count=n, code=NAMES[language].get(c, c))
                     for c, n in left.items()))  # fmt: skip


def sentence(verdict: Mapping[str, Any], language: Language = "en") -> str:
    """One stored verdict in words."""
    code, detail = str(verdict.get("code")), verdict.get("detail")
    shown = Shown(detail if isinstance(detail, Mapping) else {})
    shown |= {"agent": verdict["agent"], "score": verdict.get("score", "–")}
    words = WORDS[language].get(code)
    if words is None:
        return UNKNOWN[language].format(agent=verdict["agent"], code=code)
    return (words(shown) if callable(words) else words).format_map(shown)
