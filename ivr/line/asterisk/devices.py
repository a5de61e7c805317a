"""Which phone does the switch tell of, and can it be rung?

A device state tells it of a phone that is left alone. One that rings or talks is busy, whether it is
still there or not; of that the state of its addresses tells, which Asterisk calls contacts.
"""

from collections import defaultdict

from ivr.line.asterisk.wire import AmiMessage

# Device states (Asterisk's names) in which there is no phone to ring.
_NO_PHONE = frozenset({"UNAVAILABLE", "INVALID", "UNKNOWN"})
_LEFT_ALONE = "NOT_INUSE"
_ADDRESS_GONE = frozenset({"Removed", "Unreachable"})


def phone(told: AmiMessage) -> tuple[str, bool] | None:
    """The phone's user and whether it can be rung, of an event or item `DeviceStateChange`.

    None if it is about something else than a phone.
    """
    technology, _, user = told.get("Device", "").partition("/")
    return (user, told.get("State") not in _NO_PHONE) if technology == "PJSIP" else None


class Reach:
    """Which phones are in reach, by all that is told of them. `learn` it in its order."""

    def __init__(self) -> None:
        self._addresses: defaultdict[str, set[str]] = defaultdict(set)

    def learn(self, told: AmiMessage) -> tuple[str, bool] | None:
        """What a `DeviceStateChange` or `ContactStatus` says: a phone's user, and whether it is in
        reach; None if it says nothing of that."""
        if told.get("Event") == "ContactStatus":
            return self._address(told)
        seen = phone(told)
        if seen is not None and seen[1] and told.get("State") != _LEFT_ALONE:
            return None
        return seen

    def _address(self, told: AmiMessage) -> tuple[str, bool] | None:
        user, address = told.get("EndpointName", ""), told.get("URI", "")
        status, addresses = told.get("ContactStatus"), self._addresses[user]
        if status in _ADDRESS_GONE:
            addresses.discard(address)
            # One that has just moved has a new address before the old one is removed.
            return None if addresses else (user, False)
        addresses.add(address)
        return (user, True) if status == "Reachable" else None
