"""Do the words somebody wrote about a caller make a profile?

Each function takes one field as text ("" for nothing said) and returns its value, or raises
BadInput with what was found and what is expected. Files and the command line come through here.
"""

import re
import unicodedata
from datetime import date

from babel import Locale

from ivr.agent import AGENT_NAME
from ivr.caller import NumberKind, age_on, parse_number
from ivr.errors import BadInput

OLDEST = 122  # years; the longest human life there is record of (Jeanne Calment)
LONGEST = {"name": 200, "tier": 40, "notes": 4000}
_BIRTH = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d\d)(\d\d)|年(\d{1,2})月(\d{1,2})日)", re.ASCII
)
_LANGUAGE_NAMES = Locale("en").languages
_WHY_NOT_A_NUMBER: dict[NumberKind, str] = {
    "withheld": "which is no number",
    "short": "which lacks its area or country",
    "unusable": "which is not a telephone number",
}


def number(text: str, country: str) -> str:
    """A telephone number in E.164, read as one of `country` where no prefix says otherwise."""
    parsed = parse_number(text, country)
    if parsed.number is None:
        found = f"{quoted(text)}, {_WHY_NOT_A_NUMBER[parsed.kind]}" if text else "nothing"
        raise BadInput(
            f"number: found {found}; expected a full number such as +8613800138000 or, within "
            f"{country}, one with its area code."
        )
    return parsed.number


def birth(text: str, today: date) -> date | None:
    """A date of birth, written year first (1950-03-07, 1950/3/7, 19500307, 1950年3月7日)."""
    if not text:
        return None
    if not (match := _BIRTH.fullmatch(text)):
        raise BadInput(f"birth: found {quoted(text)}; expected a date such as 1950-03-07.")
    year, month, day = (int(part) for part in match.groups() if part and part.isdigit())
    try:
        born = date(year, month, day)
    except ValueError:
        raise BadInput(f"birth: found {quoted(text)}, a day that never was.") from None
    if born > today:
        raise BadInput(f"birth: found {quoted(text)}, which is yet to come.")
    if (age := age_on(born, today)) > OLDEST:
        raise BadInput(
            f"birth: found {quoted(text)}, which makes an age of {age}; leave it empty if the date "
            "is not known, or the caller is treated as elderly."
        )
    return born


def languages(text: str) -> tuple[str, ...]:
    """Language tags, the preferred one first, with spaces, commas or semicolons between."""
    tags = [re.split("[-_]", tag.lower())[0] for tag in re.split(r"[\s,;、，；|/]+", text) if tag]
    for tag in tags:
        if tag not in _LANGUAGE_NAMES:
            raise BadInput(
                f"languages: found {quoted(tag)}; expected language tags such as zh, en, ja, ru, "
                "ko with spaces between."
            )
    return tuple(dict.fromkeys(tags))


def plain(field: str, text: str) -> str:
    """A name, tier or note: readable characters, at most `LONGEST[field]`."""
    if len(text) > LONGEST[field]:
        raise BadInput(f"{field}: found {len(text)} characters; expected at most {LONGEST[field]}.")
    allowed = "\n\t" if field == "notes" else ""
    for character in text.replace("\r\n", "\n") if field == "notes" else text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in allowed:
            raise BadInput(
                f"{field}: found the control character U+{ord(character):04X}; expected text."
            )
    return text.replace("\r\n", "\n")


def preferred_agent(text: str) -> str | None:
    """An agent's name, whether or not there is such an agent yet."""
    if text and not AGENT_NAME.fullmatch(text):
        raise BadInput(
            f"preferred_agent: found {quoted(text)}; expected an agent's name: small letters, "
            "digits and hyphens."
        )
    return text or None


def quoted(text: str) -> str:
    """What was found, short enough for a message and with nothing in it that acts on a terminal."""
    shown = text if len(text) <= 40 else text[:40] + "…"
    return '"' + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown) + '"'
