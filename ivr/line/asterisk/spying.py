"""How does a supervisor's phone hear a talk? By Asterisk's ChanSpy on the agent's channel.

The channel is named whole: ChanSpy takes its first argument for the beginning of a name, and PJSIP/ana
would also be the beginning of another agent's, PJSIP/ana-2-0000001f.
"""

import re

from ivr.errors import LineError
from ivr.line.asterisk import agi

OPTIONS = {"listen": "", "whisper": "w", "barge": "B"}
"""What each way of listening adds: w is heard by the spied-on side alone, B by both."""
ALWAYS = "bqsE"
"""b: a channel in a talk only; q, s: no beep and no announcement; E: ends when the talk does."""
_CHANNEL = re.compile(r"PJSIP/[a-z0-9-]+-[0-9a-f]{8}")


def command(channel: str, how: str) -> str:
    """The AGI command by which a channel hears `channel`; `how` is listen, whisper or barge.

    Raises LineError for anything else, and for what is no agent's channel.
    """
    if how not in OPTIONS or not _CHANNEL.fullmatch(channel):
        raise LineError(f"Nobody can {how} on the channel {channel!r}.")
    return agi.command("EXEC", "ChanSpy", f"{channel},{ALWAYS}{OPTIONS[how]}")
