"""Which numbers may the hotline ring because a caller asks it to?

Toll fraud is done by having somebody else's switch ring premium or foreign numbers. So only ordinary
fixed and mobile numbers of the hotline's own country are rung, as libphonenumber knows them.
"""

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

ORDINARY = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)


def may_be_rung(number: str, country: str) -> str | None:
    """The number in E.164, as keyed in `country` (ISO) or already so; None if it is not allowed."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if parsed.extension or phonenumbers.region_code_for_number(parsed) != country:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    if phonenumbers.number_type(parsed) not in ORDINARY:
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def as_dialled(number: str) -> str:
    """A number in E.164 as it is dialled within its own country: digits only."""
    national = phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.NATIONAL)
    return "".join(filter(str.isdigit, national))
