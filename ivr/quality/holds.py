"""When was the caller on hold in a recorded talk? What the record of its call says."""

from collections.abc import Iterable

from ivr.record import CallEvent
from recordings.measure import Stretch


def holds(events: Iterable[CallEvent], recording: str) -> list[Stretch]:
    """The holds in the talk with that recording, in seconds from its beginning.

    One that lasts until the talk is over ends with it.
    """
    found: list[Stretch] = []
    began, since = None, None
    for event in events:
        if event.kind == "joined":
            began = event.at if event.data.get("recording") == recording else None
        if began is None:
            continue
        second = max(0.0, (event.at - began).total_seconds())
        if event.kind == "hold":
            since = second
        elif event.kind in {"hold_over", "talk_over", "ended"} and since is not None:
            found.append((round(since, 1), round(second - since, 1)))
            since = None
    return found
