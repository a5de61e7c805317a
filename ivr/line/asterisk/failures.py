"""What does a refusal by the switch mean for the call?

The one place that reads the words of AMI. The texts are those of Asterisk 22: main/manager.c,
res/res_agi.c, main/manager_channels.c, apps/app_controlplayback.c and apps/app_senddtmf.c.
"""

import re
from typing import Literal

Meaning = Literal["channel_gone", "not_allowed", "not_understood", "not_done"]
"""`channel_gone`: the channel named is over, so its caller is too. `not_allowed`: the secret or the
rights in manager.conf are wrong. `not_understood`: the switch lacks something we count on, or we
sent nonsense. `not_done`: it tried and could not."""

REFUSALS: dict[str, Meaning] = {
    r"Channel .+ does not exist\.": "channel_gone",
    r"No such channel": "channel_gone",
    r"Channel not found": "channel_gone",
    r"Authentication failed": "not_allowed",
    r"Authentication Required": "not_allowed",
    r"Permission denied": "not_allowed",
    r"Missing action in request": "not_understood",
    r"Invalid/unknown command: .*": "not_understood",
    r"(No channel|No variable) specified": "not_understood",
    r"(Channel|Control) not specified": "not_understood",
    r"No digit specified": "not_understood",
    r"Unknown control type": "not_understood",
    r"Both, Channel and Command are \*required\*": "not_understood",
    r"Failed to add AGI command to channel .+ queue": "not_done",
    r"Variable not set": "not_done",
    r"Unable to retrieve endpoint .+": "not_done",
}
"""Full texts as patterns; every one is a refusal of an action that Careline sends."""


def meaning(text: str) -> Meaning:
    """The meaning of the Message of a `Response: Error`; an unknown text is `not_done`."""
    for pattern, found in REFUSALS.items():
        if re.fullmatch(pattern, text.strip(), re.IGNORECASE):
            return found
    return "not_done"
