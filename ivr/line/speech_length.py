"""How long does it take to say a text?

An estimate for simulations. The rates are those of announcers, who read slower than people talk:
Chinese 240 characters a minute, Japanese 300 (the figure of Japanese broadcasters), Korean 300
syllables, English 150 words and Russian 120 words a minute; words counted with their space as 6 and
7 characters.
"""

from functools import lru_cache

from ivr.line import voice_file
from ivr.line.commands import Spoken

CHARACTERS_PER_SECOND = {"zh": 4.0, "yue": 4.0, "ja": 5.0, "ko": 5.0, "en": 15.0, "ru": 14.0}
OTHER_LANGUAGES = 14.0

SLOW = 1.25
"""The slower reading takes a quarter longer."""

SHORTEST = 0.5
"""Seconds; even one syllable has silence around it."""


@lru_cache(maxsize=4096)
def seconds(spoken: Spoken) -> float:
    """Estimated length of `spoken` in seconds."""
    if spoken.recording is not None:
        return voice_file.seconds(spoken.recording)
    rate = CHARACTERS_PER_SECOND.get(spoken.language, OTHER_LANGUAGES)
    length = max(SHORTEST, len(spoken.text) / rate)
    return length * SLOW if spoken.slow else length
