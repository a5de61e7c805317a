"""What of a decision is kept? A verdict on every agent, without words.

{"agent", "code", "score", "detail"}: `score` are the points by which those who could take the call
are compared; whoever fell out before has none. `detail` holds `idle` (seconds free), `for` (seconds
in the state), `lacks` ({skill: [asked, has]}), `either` (choices, none of them met), `unwanted` (what
the call does not want), `pause` (its reason), `queue` (for whose callers the agent was kept free) or
`than` (who was chosen).
"""

from typing import Any

from routing.match import Decision, Verdict
from routing.model import Agent, Need, Seat

AMONG_THE_FREE = frozenset(
    {
        "chosen",
        "longer_idle_preferred",
        "callers_own_preferred",
        "fewer_points",
        "needed_elsewhere",
        "kept",
        "kept_free",
        "resting",
    }
)
"""The verdicts on agents who could take the call; these have a score."""


def verdicts_of(decision: Decision) -> list[dict[str, Any]]:
    """What a decision made of every agent, as it is stored."""
    seats = {seat.name: seat for seat in decision.seats}
    return [_stored(verdict, seats.get(verdict.agent), decision) for verdict in decision.verdicts]


def _stored(verdict: Verdict, seat: Seat | None, decision: Decision) -> dict[str, Any]:
    stored: dict[str, Any] = {"agent": verdict.agent, "code": verdict.code}
    if seat is None:
        return stored
    detail: dict[str, Any] = {}
    if verdict.code in AMONG_THE_FREE:
        detail["idle"] = round(decision.at - seat.idle_since)
        stored["score"] = round(verdict.points or 0)
        own = decision.agent == decision.waiting.preferred
        detail |= {"own": True} if verdict.code == "chosen" and own else {}
        detail |= {"than": decision.agent} if verdict.code != "chosen" else {}
        detail |= {"queue": verdict.detail} if verdict.code == "kept_free" else {}
    elif verdict.code == "lacks_skill":
        detail |= _lacking(decision.need, seat.agent)
    elif verdict.code not in ("refused_this_call", "unreachable"):
        detail["for"] = round(decision.at - seat.since)
        detail |= {"pause": seat.pause} if verdict.code == "paused" else {}
    return {**stored, "detail": detail} if detail else stored


def _lacking(need: Need, agent: Agent) -> dict[str, Any]:
    """What of `need` the agent does not meet: skills, choices of which none is met, and what is not
    wanted."""
    lacks = {
        skill: [level, agent.skills.get(skill, 0)]
        for skill, level in need.skills.items()
        if agent.skills.get(skill, 0) < level
    }
    either = [
        [str(one) for one in group]
        for group in need.any_of
        if not any(one.met_by(agent) for one in group)
    ]
    unwanted = [str(one) for one in need.none_of if one.met_by(agent)]
    found = {"lacks": lacks, "either": either, "unwanted": unwanted}
    return {name: value for name, value in found.items() if value}
