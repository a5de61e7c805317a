"""How is text from outside shown on a terminal without acting on it?"""

import unicodedata

from rich.text import Text

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def harmless(text: str) -> str:
    """`text` with everything spelled out that a terminal would obey or hide.

    Control characters, line ends, direction overrides and other invisible characters become their
    escapes. Words written right to left stay readable but cannot turn the line around them.
    """
    shown = "".join(_shown(character) for character in text)
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in shown):
        return f"{_FIRST_STRONG_ISOLATE}{shown}{_POP_ISOLATE}"
    return shown


def outside(text: str, style: str = "") -> Text:
    """`text` for rich: harmless, and with no markup read in it."""
    return Text(harmless(text), style=style)


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return ascii(character)[1:-1]
