"""How is a Connect put to Asterisk's Dial, and its end read?

Dial runs in the dialplan's subroutine careline-connect (deploy/asterisk), not bare: a Dial executed
by AGI does not end the call when its talk is over, with or without option `g`; the subroutine does,
unless its fourth argument is "stay", and needs no engine for it.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from ivr.errors import LineError
from ivr.line.asterisk import agi
from ivr.line.asterisk.sighting import AGAIN
from ivr.line.commands import AgentPhone, Connect, NotJoinedCause, OutsideNumber

SUBROUTINE = "careline-connect"
WHISPER = "careline-whisper"
MET = "CARELINE_MET"
"""The channel variable that says whether the two have been joined: yes, or LOST where it broke off."""
LOST = "lost"
SILENT = "44"
"""The cause of the end of a channel from which nothing came for so long (rtp_timeout)."""
CARRIER = "carrier"
"""The PJSIP endpoint of the carrier's trunk."""

AGENT_NAME = re.compile(r"[a-z0-9-]+")
OUTSIDE_NUMBER = re.compile(r"\+?[0-9]{2,20}")
MUSIC_CLASS = re.compile(r"[a-z0-9_-]+")
LONGEST_RING = 600

CAUSES: dict[int, NotJoinedCause] = {
    1: "unreachable",  # no such number: 404
    3: "unreachable",  # no route: the phone is not registered
    16: "declined",  # picked up, and hung up before the two were joined
    17: "busy",  # 486, 600
    18: "no_answer",  # 408
    19: "no_answer",  # 480
    20: "unreachable",  # subscriber absent
    21: "declined",  # 603, 403
    27: "unreachable",  # 502
    34: "unreachable",  # 503
    38: "unreachable",
}
"""ISDN causes (Q.850) as Asterisk makes them of SIP answers."""

STATUSES: dict[str, NotJoinedCause] = {
    "NOANSWER": "no_answer",
    "BUSY": "busy",
    "ANSWER": "declined",  # picked up, and hung up before the two were joined
    "CONGESTION": "unreachable",
    "CHANUNAVAIL": "unreachable",
    "CANCEL": "no_answer",
}
"""DIALSTATUS. A declined call is CHANUNAVAIL with cause 21, so the cause is asked first then."""


def subroutine(
    to: Connect, whisper: Sequence[Path], music: str | None, *, by_agent: bool = False
) -> str:
    """The AGI command that performs `to`, with music of class `music` until the two are joined, or
    the sound of ringing.

    `by_agent`: it is an agent who has somebody rung, and the agent's own channel that is recorded (see
    `monitoring`). Option U also marks the moment at which the two may talk, and begins to record, so
    it is there without a whisper.
    """
    if music is not None and not MUSIC_CLASS.fullmatch(music):
        raise LineError(f"{music!r} cannot be a class of music on hold.")
    ring = min(max(1, round(to.ring)), LONGEST_RING)
    place = "^^" if by_agent else "^"
    record = f"{place}{agi.raw_file(to.record)}" if to.record is not None else ""
    waits = "r" if music is None else f"m({music})"
    again = f"F({AGAIN}^s^1)" if by_agent else ""
    options = f"{waits}U({WHISPER}^{agi.sounds(whisper)}{record})g{again}"
    stay = "stay" if to.and_then else ""
    return agi.command("GOSUB", SUBROUTINE, "s", "1", f"{target(to.to)},{ring},{options},{stay}")


def target(to: AgentPhone | OutsideNumber) -> str:
    """The dial string; only names and numbers that cannot be mistaken for anything else."""
    if isinstance(to, AgentPhone):
        if not AGENT_NAME.fullmatch(to.agent):
            raise LineError(f"{to.agent!r} is not an agent's name: a-z, 0-9 and - are expected.")
        return f"PJSIP/{to.agent}"
    if not OUTSIDE_NUMBER.fullmatch(to.number):
        raise LineError("The number to connect to holds something else than digits: not dialled.")
    return f"PJSIP/{to.number}@{CARRIER}"


def not_joined(status: str, cause: str) -> NotJoinedCause:
    """Why nobody was reached, from DIALSTATUS and HANGUPCAUSE."""
    if status in {"CHANUNAVAIL", "CONGESTION"} and cause.isdigit():
        return CAUSES.get(int(cause), "unreachable")
    return STATUSES.get(status, "unreachable")
