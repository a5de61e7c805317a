"""Which call is offered to which agent next, of all pairs on the floor?

The first call that anybody free may take is served, so nobody waits behind a call that cannot be
served; `routing.offering` swaps agents between calls of one moment where that serves one more.

Among the free who may take it, the agent with the most points is offered the call: a point for each
second of being free, PREFERRED points for each preferred skill, and up to SPARING points less for a
skill the call has no use for, the more the fewer have it. So whoever alone speaks a language takes
a call of another only when free a minute longer than the rest. Points that grow with the time free
and differ by a weight for call type and agent are the index of Chan, Koole and L'Ecuyer, "Dynamic
Call Center Routing Policies Using Call Waiting and Agent Idle Times" (M&SOM 16(4), 2014); that the
agent of the fewest skills comes first, as in Wallace and Whitt, "A Staffing Algorithm for Call
Centers with Skill-Based Routing" (M&SOM 7(4), 2005). It costs no caller anything.

A queue may also let its callers wait `spare` seconds for another agent rather than take the last
free one whom others need more: the free agent is the only one for a need that fewer agents at work
can serve and that was asked for within KEEP_FOR, while somebody else at work could take this call.
That is the threshold reserve of Bell and Williams, "Dynamic scheduling of a system with two
parallel servers in heavy traffic" (Annals of Applied Probability 11(3), 2001), with its cost
bounded: after `spare` seconds nobody is kept. Whom a queue keeps free for callers yet to come is
said in `routing.reserve`.
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from routing.board import Board
from routing.lane import PREFERRED, Lane
from routing.model import Need, Place, Seat, Waiting
from routing.reserve import kept_for

SPARING = 60.0
"""Points less for a skill that the call has no use for and nobody else logged in has."""

CONSIDERED = 8
"""How many of the free are compared, best placed first: a bound on the cost of an offer."""

KEEP_FOR = 900.0
"""Seconds for which a need counts as asked for."""


def points(seat: Seat, need: Need, holders: Mapping[str, int], at: float) -> float:
    """How well `seat` suits a call of `need` among the free; the most is offered the call."""
    return (
        at
        - seat.idle_since
        + PREFERRED * need.preferences_met(seat.agent)
        - _spared(seat.agent.skills, need, holders)
    )


def _spared(skills: Iterable[str], need: Need, holders: Mapping[str, int]) -> float:
    named = need.named
    return SPARING * sum(1 / holders[skill] for skill in skills if skill not in named)


def next_pair(board: Board, now: float) -> tuple[Waiting, str] | None:
    """The first call that can be served and its agent; None when there is none."""
    best: tuple[Place, str] | None = None
    for lane in board.ready.values():
        found = _first_of(lane, board, now)
        if found is not None and (best is None or found < best):
            best = found
    for agent, places in board.own.items():
        if board.seats[agent].offerable:
            for place in places:
                if may_take(agent, board.calls[place[-1]], board, now):
                    if best is None or place < best[0]:
                        best = (place, agent)
                    break
    return None if best is None else (board.calls[best[0][-1]], best[1])


def agent_for(
    waiting: Waiting, lane: Lane, board: Board, now: float, behind: float = float("-inf")
) -> str | None:
    """The agent to offer a call of `lane` to; None if nobody free may take it now.

    Nobody who is kept from it, nor from a call of effective arrival `behind`.
    """
    own = None if waiting.preferred is None else board.seats.get(waiting.preferred)
    if (
        own is not None
        and own.offerable
        and own.rest is None
        and lane.need.met_by(own.agent)
        and may_take(own.name, waiting, board, now, behind)
    ):
        return own.name
    found = list(islice(_candidates(waiting, lane, board, now, behind), CONSIDERED))
    if len(found) > 1:
        return _most_points(found, lane.need, board, now)
    if found:
        return found[0]
    if lane.resting and lane.fresh <= waiting.excluded:
        return next((name for _, name in lane.resting if may_take(name, waiting, board, now)), None)
    return None


def may_take(
    agent: str, waiting: Waiting, board: Board, now: float, behind: float = float("-inf")
) -> bool:
    """Whether a free agent who meets the call's need may be offered it.

    Not after a refusal; not while kept for others, by `routing.reserve`; and not a callback while a
    call ahead of it waits that the agent could serve, whatever keeps the two apart for the moment:
    only a callback that is postponed, perhaps until tomorrow, is passed.
    """
    if agent in waiting.excluded:
        return False
    if board.reserves and kept_for(agent, max(waiting.place[0], behind), board, now) is not None:
        return False
    if not waiting.callback:
        return True
    place = waiting.place
    for lane in board.lanes_of(agent):
        for ahead in lane.waiting:
            if ahead >= place:
                break
            other = board.calls[ahead[-1]]
            if other.not_before is None and agent not in other.excluded:
                return False
    return True


def kept(agent: str, lane: Lane, board: Board, now: float) -> bool:
    """Whether a free agent of `lane` is needed more by others than by its calls."""
    return len(lane.working) > 1 and any(
        len(other.free) == 1
        and len(other.working) < len(lane.working)
        and other.asked_at >= now - KEEP_FOR
        for other in board.lanes_of(agent)
    )


def _first_of(lane: Lane, board: Board, now: float) -> tuple[Place, str] | None:
    """The first call of a lane that can be served, and by whom."""
    # With nobody free but those who rest while others work, only a refusal can change the answer.
    if not lane.free and lane.fresh:
        return _first_refused(lane, board, now)
    sparing_fails = False
    for place in lane.open:
        waiting = board.calls[place[-1]]
        plain = not waiting.excluded and not waiting.callback
        if plain and sparing_fails and waiting.spare_until is not None:
            continue
        agent = agent_for(waiting, lane, board, now)
        if agent is not None:
            return place, agent
        if plain and waiting.spare_until is None:
            # All who are free are kept from it, and so from every call behind it.
            return _first_refused(lane, board, now)
        sparing_fails = sparing_fails or plain
    return None


def _first_refused(lane: Lane, board: Board, now: float) -> tuple[Place, str] | None:
    """The first of a lane's calls that exclude somebody: they may be offered agents who rest."""
    for place in sorted(board.calls[call].place for call in board.refused):
        waiting = board.calls[place[-1]]
        if waiting.standing == "open" and waiting.need == lane.need:
            agent = agent_for(waiting, lane, board, now)
            if agent is not None:
                return place, agent
    return None


def _candidates(
    waiting: Waiting, lane: Lane, board: Board, now: float, behind: float
) -> Iterable[str]:
    for _, name in lane.free:
        if not may_take(name, waiting, board, now, behind):
            continue
        if waiting.spare_until is not None and kept(name, lane, board, now):
            continue
        yield name


def _most_points(names: Collection[str], need: Need, board: Board, now: float) -> str:
    """The one with the most points; among equals the name decides."""
    seats, holders = board.seats, board.holders
    return min(names, key=lambda name: (-points(seats[name], need, holders, now), name))
