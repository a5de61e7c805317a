"""No call is left standing: a queue that may be closed or unstaffed says where calls go then."""

from collections.abc import Iterator

from ivr.flow.hotline import Hotline
from ivr.flow.problem import Problem

NAME = "dead-end"


def check(hotline: Hotline) -> Iterator[Problem]:
    """Queues that are used, and what they lack."""
    source = hotline.center_source
    for name, queue in hotline.center.queues.items():
        spot = source.key(("queues", name))
        if queue.unstaffed is None:
            message = f'the queue "{name}" needs unstaffed: where calls go when nobody is there'
            yield source.problem(spot, message, NAME)
        if queue.hours is not None and queue.closed is None:
            message = (
                f'the queue "{name}" has hours but does not say where calls go then: add closed:'
            )
            yield source.problem(spot, message, NAME)
