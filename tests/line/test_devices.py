"""Is a phone in reach? What the switch tells of states and addresses, in the order it tells it."""

from ivr.line.asterisk.devices import Reach
from ivr.line.asterisk.wire import AmiMessage


def state(told: str, device: str = "PJSIP/ana") -> AmiMessage:
    return {"Event": "DeviceStateChange", "Device": device, "State": told}


def address(told: str, uri: str = "sip:ana@192.0.2.1") -> AmiMessage:
    return {"Event": "ContactStatus", "EndpointName": "ana", "URI": uri, "ContactStatus": told}


def test_a_phone_that_is_left_alone_is_there_or_not_by_its_state() -> None:
    reach = Reach()
    assert reach.learn(state("NOT_INUSE")) == ("ana", True)
    assert reach.learn(state("UNAVAILABLE")) == ("ana", False)
    assert reach.learn(state("INUSE", "Queue:fallback_avail")) is None


def test_a_phone_that_vanishes_as_it_rings_is_gone_by_its_address() -> None:
    reach = Reach()
    assert reach.learn(address("Reachable")) == ("ana", True)
    assert reach.learn(state("BUSY")) is None, "a switch that rings it does not know"
    assert reach.learn(address("Unreachable")) == ("ana", False)
    assert reach.learn(state("RINGING")) is None
    assert reach.learn(address("Reachable")) == ("ana", True)
    assert reach.learn(address("Removed")) == ("ana", False), "it has logged off"


def test_a_phone_that_has_moved_to_another_address_is_not_gone() -> None:
    reach = Reach()
    reach.learn(address("Reachable"))
    assert reach.learn(address("NonQualified", "sip:ana@192.0.2.2")) is None
    assert reach.learn(address("Removed")) is None
    assert reach.learn(address("Unreachable", "sip:ana@192.0.2.2")) == ("ana", False)
