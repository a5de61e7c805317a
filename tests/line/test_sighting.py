"""Who is seen to be in a talk while a secret is keyed in it?"""

from ivr.line.asterisk.sighting import sightings
from ivr.line.asterisk.wire import AmiMessage


def channel(name: str, uniqueid: str, linkedid: str, context: str, bridge: str = "") -> AmiMessage:
    ids = {"Uniqueid": uniqueid, "Linkedid": linkedid, "BridgeId": bridge}
    return {"Channel": name, "Context": context, **ids}


def test_a_customer_who_keys_a_secret_is_no_call_of_their_own() -> None:
    agent = channel("PJSIP/ana-00000001", "1.0-back-1", "1.0-back-1", "careline-connect", "b")
    customer = channel("PJSIP/carrier-00000002", "1.1", "1.0-back-1", "careline-secure")
    seen = sightings([agent, customer])
    assert list(seen) == ["1.0-back-1"]
    assert (seen["1.0-back-1"].doing, seen["1.0-back-1"].others) == (
        "talking",
        ("PJSIP/carrier-00000002",),
    )


def test_a_caller_who_keys_a_secret_is_in_a_talk() -> None:
    caller = channel("PJSIP/carrier-00000001", "1.1", "1.1", "careline-secure")
    agent = channel("PJSIP/ana-00000002", "1.2", "1.1", "careline-whisper", "b")
    assert list(sightings([caller, agent])) == ["1.1"]
