"""What does a queue ask for on behalf of a call, when does it ask for less, and where is its place?

Every function returns the call as it is from then on; `Floor` alone decides when.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from routing.events import CallMoved, CallWaits, IllegalEvent
from routing.lane import Lane
from routing.model import Need, Queue, Relax, Waiting, check_stages

LaneOf = Callable[[Need], Lane]
"""The lane of a need: who meets it, and the need itself as everybody else refers to it."""


def waiting_for(
    event: CallWaits, queue: Queue, number: float, now: float, lane_of: LaneOf
) -> Waiting:
    """The call of `event` as it begins to wait in `queue`, already in the stage it has earned.

    IllegalEvent when its waiting would begin in the future.
    """
    since = now if event.since is None else event.since
    if since > now:
        raise IllegalEvent(
            f"{event}: the call would wait since {since:g}, but it is {now:g} only."
            " Give a moment that has passed, on the floor's clock."
        )
    own = event.preferred is not None and event.patience > 0 and since + event.patience > now
    waiting = Waiting(
        call=event.call,
        queue=queue,
        number=number,
        since=since,
        head_start=queue.head_start + event.head_start,
        stages=_stages(event, queue, lane_of),
        preferred=event.preferred,
        own_until=since + event.patience if own else None,
        spare_until=_spare_until(queue, since, now),
        callback=event.callback,
        limits=event.limits,
        excluded=event.excluded,
    )
    return in_stage(waiting, now, lane_of)


def in_stage(waiting: Waiting, now: float, lane_of: LaneOf) -> Waiting:
    """`waiting` in the last of its stages that has begun by `now`.

    A stage for which nobody is logged in is skipped: the call goes on to the next one that somebody
    could serve, and stays in the stage its time has earned if there is none. No step is taken back.
    """
    stage = waiting.stage
    while stage + 1 < len(waiting.stages) and waiting.stage_begins(stage + 1) <= now:
        stage += 1
    for later in range(stage, len(waiting.stages)):
        if lane_of(waiting.stages[later].need).staff:
            stage = later
            break
    return waiting if stage == waiting.stage else replace(waiting, stage=stage)


def moved(waiting: Waiting, event: CallMoved, queue: Queue, now: float, lane_of: LaneOf) -> Waiting:
    """The call in another queue, on that queue's terms, with the time it has waited."""
    there = replace(
        waiting,
        queue=queue,
        head_start=queue.head_start + event.head_start,
        stages=_stages(event, queue, lane_of),
        stage=0,
        effective=None,
        excluded=frozenset(),
        spare_until=_spare_until(queue, waiting.since, now),
    )
    return in_stage(there, now, lane_of)


def put_in_place(waiting: Waiting, place: int, others: Sequence[Waiting]) -> Waiting:
    """The call as number `place` (1 is the front) of `others`, who wait in their order."""
    if not others:
        return waiting
    place = min(max(place, 1), len(others) + 1)
    if place > len(others):
        effective, number, _ = others[-1].place
        return _at(waiting, effective, number + 0.5)
    effective, number, _ = others[place - 1].place
    earlier = others[place - 2].place if place > 1 else None
    if earlier is not None and earlier[0] == effective:
        return _at(waiting, effective, (earlier[1] + number) / 2)
    return _at(waiting, effective, number - 0.5)


def _at(waiting: Waiting, effective: float, number: float) -> Waiting:
    return replace(waiting, effective=effective, number=number)


def _spare_until(queue: Queue, since: float, now: float) -> float | None:
    until = since + queue.spare
    return until if until > now else None


def _stages(event: CallWaits | CallMoved, queue: Queue, lane_of: LaneOf) -> tuple[Relax, ...]:
    need: Need = queue.need if event.need is None else event.need
    relax = event.relax
    if relax is None:
        # Stages written for the queue's need may give away what this call's own need insists on.
        relax = queue.relax if event.need is None else ()
    check_stages(f"Call {event.call}", relax)
    stages = (Relax(0.0, need), *relax)
    # One object for one need: what is looked up at every event is then found without comparing.
    return tuple(Relax(stage.after, lane_of(stage.need).need) for stage in stages)
