"""What does a queue ask for on behalf of a call, and when does it ask for less?"""

from dataclasses import replace

from routing.events import CallWaits, IllegalEvent
from routing.model import Need, Queue, Relax, Waiting, check_stages


def waiting_for(event: CallWaits, queue: Queue, number: int, now: float) -> Waiting:
    """The call of `event` as it begins to wait in `queue`, already in the stage it has earned.

    IllegalEvent when its waiting would begin in the future.
    """
    since = now if event.since is None else event.since
    if since > now:
        raise IllegalEvent(
            f"{event}: the call would wait since {since:g}, but it is {now:g} only."
            " Give a moment that has passed, on the floor's clock."
        )
    waiting = Waiting(
        call=event.call,
        queue=queue,
        number=number,
        since=since,
        head_start=queue.head_start + event.head_start,
        stages=_stages(event, queue),
        preferred=event.preferred,
    )
    return in_stage(waiting, now)


def in_stage(waiting: Waiting, now: float) -> Waiting:
    """`waiting` in the last of its stages that has begun by `now`."""
    stage = waiting.stage
    while stage + 1 < len(waiting.stages) and waiting.stage_begins(stage + 1) <= now:
        stage += 1
    return waiting if stage == waiting.stage else replace(waiting, stage=stage)


def _stages(event: CallWaits, queue: Queue) -> tuple[Relax, ...]:
    need: Need = queue.need if event.need is None else event.need
    relax = event.relax
    if relax is None:
        # Stages written for the queue's need may give away what this call's own need insists on.
        relax = queue.relax if event.need is None else ()
    check_stages(f"Call {event.call}", relax)
    return (Relax(0.0, need), *relax)
