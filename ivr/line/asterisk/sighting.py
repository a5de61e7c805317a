"""What is each call doing on the switch right now?

Read from CoreShowChannels, for an engine that was away: it has lost events, or never saw them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ivr.line.asterisk.wire import AmiMessage

CALLERS = "from-carrier"
AGENTS = "careline-agents"
"""The contexts of the dialplan from which channels come."""
AGAIN = "careline-again"
"""The context of customers who were rung back and have lost their agent."""
CONNECTING = "careline-connect"
"""The context in which a caller is who rings, or talks to, somebody."""
SECURE = "careline-secure"
"""The context in which a caller, or a customer who was rung back, is who keys a secret in a talk."""
OTHER_END = re.compile(r"PJSIP/([a-z0-9-]+)-[0-9a-f]+")
OUTSIDE = "carrier"

Doing = Literal["parked", "talking", "ringing", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A channel that came to the hotline, and what it is `doing`.

    parked     in the engine's hands
    talking    joined with the channel `others`
    ringing    `others` are being rung, or told who calls
    elsewhere  in the dialplan's own hands, or not in ours yet
    """

    channel: AmiMessage
    doing: Doing
    others: tuple[str, ...] = ()

    @property
    def call_id(self) -> str:
        """The call's id."""
        return self.channel["Uniqueid"]

    @property
    def agent(self) -> str | None:
        """The agent who is rung or talked to, or from whose phone a customer is; None for an outside
        number, or nobody."""
        for end in (*self.others[:1], self.channel["Channel"]):
            found = OTHER_END.fullmatch(end)
            if self.others and found is not None and found[1] != OUTSIDE:
                return found[1]
        return None


def sightings(channels: Iterable[AmiMessage]) -> dict[str, Sighting]:
    """The channels that began a call, by their ids; those we rang belong to one of them."""
    family = defaultdict(list)
    for channel in channels:
        family[channel.get("Linkedid", "")].append(channel)
    return {
        one["Uniqueid"]: _sighting(one, [other for other in all_ if other is not one])
        for all_ in family.values()
        for one in all_
        if _began_a_call(one, all_)
    }


def _began_a_call(one: AmiMessage, family: list[AmiMessage]) -> bool:
    if one.get("Context") == SECURE:  # a customer keys it in a call that an agent's channel began
        return not any(
            other["Uniqueid"] == one.get("Linkedid") for other in family if other is not one
        )
    ours = one.get("Context") in {CALLERS, AGENTS, AGAIN, CONNECTING}
    return ours or one.get("Uniqueid") == one.get("Linkedid")


def _sighting(one: AmiMessage, others: list[AmiMessage]) -> Sighting:
    context, bridge = one.get("Context", ""), one.get("BridgeId", "")
    if context in {CONNECTING, SECURE}:
        joined = [
            other["Channel"]
            for other in others
            if (bridge and other["BridgeId"] == bridge) or other.get("Context") == SECURE
        ]
        if joined:
            return Sighting(one, "talking", tuple(joined))
        return Sighting(one, "ringing", tuple(other["Channel"] for other in others))
    ours = context in {CALLERS, AGENTS, AGAIN}
    if ours and one.get("Application") in {"AGI", "AudioSocket"}:
        return Sighting(one, "parked")
    return Sighting(one, "elsewhere")
