"""The queues of center.yaml as the floor knows them."""

from ivr.flow.center import Center
from routing.model import Queue


def queues_of(center: Center) -> dict[str, Queue]:
    """Rings, wrap-ups and limits; needs and head starts come with each call, in its own language."""
    return {
        name: Queue(
            name,
            ring=spec.ring,
            wrap_up=spec.wrap_up,
            most=None if spec.overflow is None else spec.overflow.length,
            longest=None if spec.overflow is None else spec.overflow.after,
            spare=spec.spare,
        )
        for name, spec in center.queues.items()
    }
