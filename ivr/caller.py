"""Who is calling: a number as the switch shows it becomes a caller with age, country and language.

A caller's number can be withheld, forged or broken on its way, so nothing here fails: a number that
cannot be used is an outcome, and such a caller is served like anyone the hotline does not know.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import unquote

import phonenumbers

from ivr.errors import BadInput
from ivr.tongues import DIALECTS, guess_language, second_best

NumberKind = Literal["number", "withheld", "short", "unusable"]

E164 = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)
LONGEST_RAW = 256  # a SIP URI with its parameters; whatever is longer is not a number
LONGEST_SHORT_NUMBER = 8  # extensions, 110, 95588, a Shanghai line without its area code
WITHHELD = frozenset(
    """
    anonymous unknown restricted unavailable private withheld blocked hidden none null nobody
    anonymouscaller unknowncaller unknownnumber privatenumber numberwithheld numberunavailable
    callerunknown withheldnumber blockednumber notavailable nocallerid nonumber outofarea 匿名 未知
    """.split()  # noqa: SIM905  thirty words read better than thirty lines
)
SHORTEST_UNLISTED = 6  # digits; below it a number the tables do not know is not believed
_PLAIN = re.compile(r"\+?0*[1-9][0-9]*", re.ASCII)
_SEPARATORS = re.compile(r"[\s\-.()/·]+")
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_URI = re.compile(r"(?:sips?|tel):(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the hotline knows of a person, under the number they call from.

    `number` is E.164 ("+8613800138000"). `languages` are primary tags ("zh", "en"), the preferred
    one first. `tier` is the bank's own word ("gold"), `preferred_agent` an agent's name. Raises
    BadInput when `number` is not E.164.
    """

    number: str
    name: str = ""
    birth: date | None = None
    languages: tuple[str, ...] = ()
    tier: str = ""
    notes: str = ""
    preferred_agent: str | None = None

    def __post_init__(self) -> None:
        if not E164.fullmatch(self.number):
            raise BadInput(
                f"A profile's number is {mask(self.number)}, which is not in international form; "
                "expected + and 2 to 15 digits, such as +8613800138000."
            )


@dataclass(frozen=True, slots=True)
class CallingNumber:
    """What the switch showed as the calling number, understood.

    `number` is E.164 if `kind` is "number", otherwise None. "withheld" was hidden by the caller or
    their carrier; "short" is an extension, a service number or a local number without its area;
    "unusable" is none of these. `country` is an ISO 3166 code; None too for numbers of no country
    (+800, satellites).
    """

    number: str | None
    kind: NumberKind
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as the flow and the rules see them.

    `language` is always one the hotline serves. `language_guessed` is True unless the caller's
    profile names that language, so also when nothing at all is known and the hotline's first
    language is assumed. `age` is in whole years on the hotline's date. `last_agent` talked to them
    lately, where that counts.
    """

    number: str | None
    kind: NumberKind
    profile: Profile | None
    age: int | None
    language: str
    language_guessed: bool
    country: str | None
    last_agent: str | None = None

    @property
    def known(self) -> bool:
        """Whether the hotline has a profile of this caller."""
        return self.profile is not None

    @property
    def name(self) -> str:
        """The caller's name, "" when not known."""
        return self.profile.name if self.profile else ""

    @property
    def tier(self) -> str:
        """The caller's tier in the bank's own word, "" when not known."""
        return self.profile.tier if self.profile else ""

    @property
    def dialect(self) -> str:
        """The first dialect that the caller's profile names, such as "yue"; "" when it names none."""
        languages = self.profile.languages if self.profile else ()
        return next((tag for tag in languages if tag in DIALECTS), "")

    @property
    def preferred_agent(self) -> str | None:
        """The agent this caller should reach when possible: the profile's, or the last one."""
        named = self.profile.preferred_agent if self.profile else None
        return named or self.last_agent

    @property
    def masked(self) -> str:
        """The caller for a log: the last four digits, or what kind of number it was."""
        return mask(self.number) if self.number else f"{self.kind} number"


def mask(number: str) -> str:
    """The number with only its last four digits ("•••• 1234"), or none of them if it is short.

    Safe for whatever a caller sent: nothing but ASCII digits is ever copied.
    """
    digits = re.sub(r"[^0-9]", "", number)
    return f"•••• {digits[-4:]}" if len(digits) >= 8 else "••••"


def parse_number(raw: str, country: str) -> CallingNumber:
    """Understand a calling number as a switch or a file gives it; never raises.

    Takes national and international forms (read as numbers of `country` where no prefix says
    otherwise), SIP and tel URIs, and `Name <number>`. Separators, full-width digits and the
    invisible direction marks that address books add are ignored; letters and control characters
    make a number unusable.
    """
    if len(raw) > LONGEST_RAW:
        return CallingNumber(None, "unusable")
    plain = _PLAIN.fullmatch(raw) is not None  # nearly always, and there is nothing to take off
    return _read(raw, country) if plain else _unwrap(raw, country)


def _unwrap(raw: str, country: str) -> CallingNumber:
    """A number with something around it or between its digits, or none at all."""
    text = _bare(raw)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        return CallingNumber(None, "unusable")
    digits = _SEPARATORS.sub("", text)
    if re.sub(r"[^\w]|_", "", digits).casefold() in WITHHELD | {""} and "+" not in digits:
        hidden = not re.search(r"[*#]", digits)
        return CallingNumber(None, "withheld" if hidden else "unusable")
    if not re.fullmatch(r"\+?[0-9]+", digits, re.ASCII):
        return CallingNumber(None, "unusable")
    if not digits.strip("+0"):
        return CallingNumber(None, "unusable" if "+" in digits else "withheld")
    return _read(digits, country)


def recognise(
    number: CallingNumber,
    profile: Profile | None,
    today: date,
    languages: Sequence[str],
    country: str,
    last_agent: str | None = None,
) -> Caller:
    """Put together who is calling.

    `profile` is what the store has under `number.number`; `today` is the date where the hotline is;
    `languages` are those it serves, the first being its default; `country` is its own.
    `last_agent` talked to them lately.
    """
    birth = profile.birth if profile else None
    own = [tag if tag in languages else DIALECTS.get(tag, tag) for tag in _languages(profile)]
    named = next((tag for tag in own if tag in languages), None)
    if named is not None:
        language = named
    elif own:  # the caller's own languages are known and none is served
        language = second_best(languages)
    else:
        language = guess_language(number.country, languages, country)
    return Caller(
        number=number.number,
        kind=number.kind,
        profile=profile,
        age=age_on(birth, today) if birth and birth <= today else None,
        language=language,
        language_guessed=named is None,
        country=number.country,
        last_agent=last_agent,
    )


def _languages(profile: Profile | None) -> tuple[str, ...]:
    return profile.languages if profile is not None else ()


def age_on(birth: date, day: date) -> int:
    """Age in whole years on `day`; someone born on 29 February turns on 1 March in common years.

    Raises ValueError when `birth` is after `day`.
    """
    if birth > day:
        raise ValueError(f"born on {birth}, which is after {day}")
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _bare(raw: str) -> str:
    """The number inside `Name <sip:number@host;parameters>`, in plain characters."""
    bracketed = _IN_BRACKETS.search(raw)
    text = bracketed[1] if bracketed else raw
    if uri := _URI.fullmatch(text.strip(" ")):
        text = unquote(uri[1].partition(";")[0])
    text = text.partition("@")[0]
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if unicodedata.category(c) != "Cf").strip(" ")


def _read(digits: str, country: str) -> CallingNumber:
    """ASCII digits, perhaps after +, as a number of `country` or, with a prefix, of another."""
    readings = [digits]
    if digits.startswith("00"):  # carriers write 00 also where the country's own prefix is another
        readings.append("+" + digits[2:])
    for reading in readings:
        try:
            parsed = phonenumbers.parse(reading, country)
        except phonenumbers.NumberParseException:
            continue
        national = str(parsed.national_number)
        prefix = re.sub(r"[^0-9]", "", reading).removesuffix(national).lstrip("0")
        # A block of numbers newer than the library's tables must still be a number, but then
        # nothing may have been cut off (the tables also know carriers' dialling codes).
        if phonenumbers.is_valid_number(parsed) or (
            _has_a_full_length(parsed, reading) and prefix in ("", str(parsed.country_code))
        ):
            region = phonenumbers.region_code_for_number(parsed)
            if region is None:
                region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
            e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            iso = region if region not in ("001", "ZZ") else None
            return CallingNumber(e164, "number", iso)
    is_short = not digits.startswith("+") and len(digits) <= LONGEST_SHORT_NUMBER
    return CallingNumber(None, "short" if is_short else "unusable")


def _has_a_full_length(parsed: phonenumbers.PhoneNumber, reading: str) -> bool:
    """Whether that country has numbers of so many digits.

    Without + or a leading 0 only a mobile's length counts: a fixed line may lack its area code.
    """
    kinds = [phonenumbers.PhoneNumberType.MOBILE]
    if reading[0] in "+0":
        kinds.append(phonenumbers.PhoneNumberType.FIXED_LINE)
    return len(str(parsed.national_number)) >= SHORTEST_UNLISTED and any(
        phonenumbers.is_possible_number_for_type_with_reason(parsed, kind)
        == phonenumbers.ValidationResult.IS_POSSIBLE
        for kind in kinds
    )
