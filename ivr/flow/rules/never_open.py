"""Hours are open at some time."""

from collections.abc import Iterator

from ivr.flow.inspection import Inspection
from ivr.flow.problem import Problem

NAME = "never-open"


def check(inspection: Inspection) -> Iterator[Problem]:
    """Hours that are closed on every day of the week, on holidays and on special days."""
    source = inspection.hotline.center_source
    for name, hours in inspection.hotline.center.hours.items():
        on_holidays = hours.holidays != "as usual" and hours.holidays
        if not (any(hours.open.values()) or on_holidays or any(hours.special.values())):
            message = f'the hours "{name}" never open; give at least one day its times'
            yield source.problem(source.key(("hours", name)), message, NAME)
