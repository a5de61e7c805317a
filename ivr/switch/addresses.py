"""Can a switch listen at this address, and can it call there?

Asterisk starts with an address that is none, and then hears nobody without a word of it.
"""

import ipaddress
import re

from ivr.errors import BadInput

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z)({_LABEL}\.)*(?=[^.]*[A-Za-z]){_LABEL}\Z", re.ASCII)
LEAST_AUDIO = 4
"""Ports of audio: two a call leg, and a talk has two of these."""


def own(option: str, text: str) -> None:
    """Raise BadInput unless `text` is an IPv4 address."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        raise BadInput(
            f'{option}: found "{text}"; expected an IPv4 address of this machine such as '
            "192.0.2.10, or 0.0.0.0 for all of them."
        ) from None


def other(option: str, text: str) -> None:
    """Raise BadInput unless `text` is an IPv4 address or the name of a machine."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        if _HOST.match(text):
            return
        raise BadInput(
            f'{option}: found "{text}"; expected one IPv4 address such as 203.0.113.5, or a name '
            "such as sip.example.com."
        ) from None


def audio(first: int, last: int, sip: int) -> None:
    """Raise BadInput unless `first` to `last` are ports enough, and `sip` is none of them."""
    if last - first + 1 < LEAST_AUDIO:
        raise BadInput(
            f"--rtp-first and --rtp-last: found {first} to {last}; expected at least "
            f"{LEAST_AUDIO} ports, two for each leg of a call."
        )
    if first <= sip <= last:
        raise BadInput(
            f"--sip-port: found {sip}, which is one of the ports of the audio, {first} to {last}."
        )
