"""How do our own call records become a trace?"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, time

from ivr.errors import BadInput
from ivr.record import CallEvent, CallSummary
from ivr.replay.trace import Recorded, Trace


def trace_of(summaries: Iterable[CallSummary], waiting: Iterable[CallEvent]) -> Trace:
    """The calls that asked for an agent and are over; `waiting` are their events of that kind.

    The kind of a call is its queue. Who speaks another language than most asks for it as a skill.
    Raises BadInput without calls.
    """
    asked: dict[str, datetime] = {}
    for event in waiting:
        asked.setdefault(event.call_id, event.at)
    taken = [one for one in summaries if one.call_id in asked and one.waited_s is not None]
    if not taken:
        raise BadInput(
            "There are no calls to replay that asked for an agent; `careline calls list` shows "
            "what there is, and --since how far back to look."
        )
    first = min(asked[one.call_id] for one in taken).astimezone(UTC).date()
    midnight = datetime.combine(first, time(), UTC)
    usual = Counter(one.language for one in taken).most_common(1)[0][0]
    calls = [
        Recorded(
            call=one.call_id,
            kind=one.queue or "",
            since=(asked[one.call_id] - midnight).total_seconds(),
            waited=one.waited_s or 0.0,
            answered=one.talked_s is not None and one.agent is not None,
            agent=one.agent if one.talked_s is not None else None,
            talk=one.talked_s or 0.0,
            skill="" if one.language == usual else one.language,
            age=one.age,
        )
        for one in taken
    ]
    calls.sort(key=lambda call: (call.since, call.call))
    return Trace("our own calls", first, tuple(calls))
