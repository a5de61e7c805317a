"""Is there room on the disk for what a hotline keeps?"""

import shutil
from collections.abc import Iterator

from ivr.doctor.finding import Finding
from ivr.messages import LEAST_FREE
from ivr.settings import Settings
from recordings.shelf import Shelf

GIGABYTE = 2**30


def room(settings: Settings) -> Iterator[Finding]:
    """The disk of the folder var/. Where recordings lie elsewhere, theirs."""
    shelf, records = Shelf.under(settings.var), settings.recordings != "off"
    place = shelf.root if records and shelf.root.is_dir() else settings.var
    if not place.is_dir():
        return  # nothing is kept yet
    free = shutil.disk_usage(place).free
    left = f"{free / GIGABYTE:.1f} GB are free on the disk of {place}"
    if free < LEAST_FREE:
        lost = (
            "no message can be left, and no talk recorded" if records else "no message can be left"
        )
        yield Finding("bad", f"{left}: {lost}", "make room; nothing has to be started anew")
    elif records and free < shelf.least:
        yield Finding(
            "warning", f"{left}: no talk is recorded", "make room; nothing has to be started anew"
        )
    elif records and free < shelf.warn:
        yield Finding("warning", f"{left}: it will soon be full", "make room")
    else:
        yield Finding("good", left)
