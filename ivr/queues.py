"""The queues of center.yaml as the floor knows them."""

from ivr.flow.center import Center
from routing.model import Queue


def queues_of(center: Center) -> dict[str, Queue]:
    """Names, rings and wrap-ups; needs and head starts come with each call, in its own language."""
    return {
        name: Queue(name, ring=spec.ring, wrap_up=spec.wrap_up)
        for name, spec in center.queues.items()
    }
