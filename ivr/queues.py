"""The queues of center.yaml as the floor knows them."""

from collections.abc import Mapping
from dataclasses import replace

from ivr.flow.center import Center, QueueSpec
from ivr.flow.expression import Expression, Facts, Unknown
from routing.model import Queue, Relax, Reserve


def queues_of(center: Center) -> dict[str, Queue]:
    """Rings, wrap-ups and limits; needs and head starts come with each call, in its language."""
    return {
        name: Queue(
            name,
            ring=spec.ring,
            wrap_up=spec.wrap_up,
            most=None if spec.overflow is None else spec.overflow.length,
            longest=None if spec.overflow is None else spec.overflow.after,
            spare=spec.spare,
            reserve=_reserve(spec, center) if spec.keep_free else None,
            cool_downs=center.cool_downs.seconds(),
        )
        for name, spec in center.queues.items()
    }


def published(before: Mapping[str, Queue], center: Center) -> dict[str, Queue]:
    """The queues of `center`, and those of `before` to which calls under way may still go.

    Nobody is kept for the next caller of a queue that no caller can come to any more.
    """
    gone = {name: replace(queue, reserve=None) for name, queue in before.items()}
    return gone | queues_of(center)


def _reserve(spec: QueueSpec, center: Center) -> Reserve:
    """Whom the queue keeps, for a caller who speaks the hotline's first language."""
    known = Facts({"caller": {"language": center.language}}, {"staffed": lambda _: True})

    def spoken(language: Expression) -> str | None:
        try:
            return str(language.value(known))
        except Unknown:
            return None

    relax = tuple(Relax(one.after, one.need.asked(spoken)) for one in spec.relax)
    return Reserve(spec.keep_free, spec.need.asked(spoken), relax, spec.priority)
