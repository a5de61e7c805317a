"""By which priority was each customer served? The one in a trace may be of a later day.

Whenever an agent takes one of several who wait, the order shows. In the "Anonymous Bank" one in eight
customers recorded with priority 2 was served as one of priority 1, call after call: of two callers of
priority 2 the later is taken first in one case of six, and never if 90 s later or more. So a known
customer is given the priority that explains most of what agents chose; of several that do, the one
nearest to what is recorded.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.replay.duties import at, duties_of, services_of
from ivr.replay.trace import Recorded, Trace
from ivr.replay.waits import ROUNDED, Waits

SWEEPS = 20
"""How often all customers are gone through at most; after the third nothing changes any more."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An agent took `taken` when `others` could have been taken; each with its time waited."""

    taken: tuple[str, float]
    others: tuple[tuple[str, float], ...]


def as_served(trace: Trace, credit: Mapping[int, float]) -> Trace:
    """The trace with the priorities that its customers were served by, and the head starts of these.

    `credit` are the seconds of head start of every priority.
    """
    standing = {
        _who(call): call.priority
        for call in trace.calls
        if call.waited > 0 and call.priority is not None
    }
    known = {_who(call) for call in trace.calls if call.customer}
    _settle(standing, known, choices_of(trace), credit)
    calls = tuple(
        replace(call, priority=priority, head_start=credit[priority])
        if call.waited > 0 and (priority := standing.get(_who(call))) is not None
        else call
        for call in trace.calls
    )
    return replace(trace, calls=calls)


def choices_of(trace: Trace) -> list[Choice]:
    """Every service of a caller who waited while others did whom the agent could have served."""
    duties = duties_of(services_of(trace), {})
    waits = Waits(trace.calls)
    found = []
    for call in trace.calls:
        if not call.answered or call.agent is None or call.waited == 0 or call.priority is None:
            continue
        kinds = at(duties[call.agent], call.until)
        others = tuple(
            (_who(other), call.until - other.since)
            for other in waits.at(call.until)
            if other is not call and other.asks in kinds and other.priority is not None
        )
        if others:
            found.append(Choice((_who(call), call.waited), others))
    return found


def explained(choice: Choice, standing: Mapping[str, int], credit: Mapping[int, float]) -> bool:
    """Whether the one taken had waited longest, head starts included."""
    who, waited = choice.taken
    most = waited + credit[standing[who]] + 2 * ROUNDED
    return all(other + credit[standing[one]] <= most for one, other in choice.others)


def _settle(
    standing: dict[str, int],
    known: set[str],
    choices: Sequence[Choice],
    credit: Mapping[int, float],
) -> None:
    """Give every known customer the best priority, in turn, until none is better for anybody."""
    concerning: dict[str, list[Choice]] = defaultdict(list)
    for choice in choices:
        for who in {choice.taken[0], *(one for one, _ in choice.others)} & known:
            concerning[who].append(choice)
    recorded = dict(standing)
    for _ in range(SWEEPS):
        changed = False
        for who, about in concerning.items():
            before = standing[who]
            scores = {}
            for priority in credit:
                standing[who] = priority
                right = sum(explained(choice, standing, credit) for choice in about)
                scores[priority] = (right, -abs(priority - recorded[who]), priority == before)
            standing[who] = max(scores, key=scores.__getitem__)
            changed |= standing[who] != before
        if not changed:
            return


def _who(call: Recorded) -> str:
    """The customer, or else a caller who called this once."""
    return call.customer or f"call {call.call}"
