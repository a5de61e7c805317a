"""Which phone does a device state tell of, and can it be rung?"""

from ivr.line.asterisk.wire import AmiMessage

# Device states (Asterisk's names) in which there is no phone to ring.
_NO_PHONE = frozenset({"UNAVAILABLE", "INVALID", "UNKNOWN"})


def phone(told: AmiMessage) -> tuple[str, bool] | None:
    """The phone's user and whether it can be rung, of an event or item `DeviceStateChange`.

    None if it is about something else than a phone.
    """
    technology, _, user = told.get("Device", "").partition("/")
    return (user, told.get("State") not in _NO_PHONE) if technology == "PJSIP" else None
